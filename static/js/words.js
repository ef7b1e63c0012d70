// The words of scripts in the page's language: the English is the key, another script has what it is there.
const WORDS_HERE = window.WORDS || {};
const fill = (text, values) => text.replace(/%\((\w+)\)s|%%/g, (all, name) => name ? values[name] : "%");
const _ = (text, values = {}) => fill(WORDS_HERE[text] || text, values);
const figure = (value, digits = 0) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits, useGrouping: "always" });
const plural = new Intl.PluralRules(document.documentElement.lang);
const counted = (one, many, n, values = {}) => {
  const forms = WORDS_HERE[one + "\n" + many] || [one, many];
  return fill(forms[forms.length > 1 && plural.select(n) !== "one" ? 1 : 0], { num: figure(n), ...values });
};
