"""Style sheets, scripts, fonts and icons: small, kept for ever under an address that changes with them."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

import brotli
import pytest
from flask.testing import FlaskClient

from dashboard import assets, static_files

ADDRESS = re.compile(r'(?:href|src)="(/static/[^"#]+)')
KB = 1_000
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


def linked(client: FlaskClient) -> list[str]:
    return sorted(set(ADDRESS.findall(client.get("/").text)))


def in_the_style_sheet(client: FlaskClient) -> list[str]:
    """Addresses that the style sheet asks for."""
    (sheet,) = [each for each in linked(client) if each.endswith(".css")]
    names = re.findall(r"url\(\"?([^\")]+)\"?\)", client.get(sheet).text)
    return [urljoin(sheet, name) for name in names if not name.startswith(("data:", "#"))]


def zipped(client: FlaskClient, ending: str) -> int:
    found = [each for each in linked(client) if each.endswith(ending)]
    assert found
    return sum(len(gzip.compress(client.get(each).data, 6)) for each in found)


def test_what_a_page_asks_for_is_there_and_kept_for_ever(client: FlaskClient) -> None:
    addresses = [*linked(client), *in_the_style_sheet(client)]
    endings = {address.rpartition(".")[2] for address in addresses}
    assert endings >= {"css", "js", "svg", "woff2"}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["ETag"]
        assert address.startswith(f"/static/{assets.release()}/")


def test_a_kept_file_is_not_sent_again(client: FlaskClient) -> None:
    for address in linked(client):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == 304, address
        assert again.data == b""


def test_an_address_of_another_release_is_answered_but_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/0123456789ab/css/app.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../pyproject.toml", "%2e%2e/pyproject.toml", "..%5cpyproject.toml", "css/../../pyproject.toml",
     "/etc/passwd", "css", "", "css/app.css/"],
)  # fmt: skip
def test_nothing_but_static_files_is_served(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{assets.release()}/{name}")
    assert answer.status_code in (308, 404)
    assert b"[project]" not in answer.data


@pytest.mark.parametrize("encoding", UNPACK)
def test_what_can_be_smaller_is_sent_compressed(client: FlaskClient, encoding: str) -> None:
    for address in [*linked(client), *in_the_style_sheet(client)]:
        plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": encoding})
        if address.endswith(".woff2"):
            assert "Content-Encoding" not in packed.headers, address
            continue
        assert packed.headers["Content-Encoding"] == encoding, address
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data)
        assert UNPACK[encoding](packed.data) == plain.data, address


def test_each_encoding_has_a_tag_of_its_own_and_is_not_sent_again(client: FlaskClient) -> None:
    (address,) = [each for each in linked(client) if each.endswith(".css")]
    tags = set()
    for encoding in ("br", "gzip", "identity"):
        tag = client.get(address, headers={"Accept-Encoding": encoding}).headers["ETag"]
        again = client.get(address, headers={"Accept-Encoding": encoding, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        tags.add(tag)
    assert len(tags) == 3


def test_a_file_is_compressed_once_for_all_who_ask(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    (address,) = [each for each in linked(client) if each.endswith("js/app.js")]
    first = client.get(address, headers={"Accept-Encoding": "br"}).data
    monkeypatch.setattr(static_files, "_PACK", {})
    assert client.get(address, headers={"Accept-Encoding": "br"}).data == first


@pytest.mark.parametrize("asked", ["br;q=0, gzip", "gzip;q=0.5, br;q=0.1", "gzip"])
def test_the_browser_says_which_encoding(client: FlaskClient, asked: str) -> None:
    (address,) = [each for each in linked(client) if each.endswith(".css")]
    assert client.get(address, headers={"Accept-Encoding": asked}).headers["Content-Encoding"] == "gzip"


def test_scripts_and_style_sheets_have_their_types(client: FlaskClient) -> None:
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for address in linked(client):
        kind = kinds["." + address.rpartition(".")[2]]
        assert client.get(address).mimetype == kind


def test_all_scripts_of_a_page_weigh_at_most_60_kb(client: FlaskClient) -> None:
    assert zipped(client, ".js") <= 60 * KB


def test_the_style_sheet_weighs_at_most_15_kb(client: FlaskClient) -> None:
    assert zipped(client, ".css") <= 15 * KB


def test_a_page_asks_for_one_style_sheet_and_one_script(client: FlaskClient) -> None:
    """With icons, two fonts and an icon of the page that makes seven requests; a stream of events is the eighth."""
    found = linked(client)
    assert len([each for each in found if each.endswith(".css")]) == 1
    assert len([each for each in found if each.endswith(".js")]) == 1
    assert len(in_the_style_sheet(client)) <= 2


def test_every_style_sheet_and_script_of_ours_is_in_its_bundle() -> None:
    for kind in ("css", "js"):
        files = list((assets.folder("static") / kind).glob(f"*.{kind}"))
        assert files
        for file in files:
            assert file.read_bytes() in (assets.files().body(f"{kind}/app.{kind}") or b""), file.name


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'id="i-([a-z-]+)"', (assets.folder("static") / "icons.svg").read_text(encoding="utf-8")))
    for template in assets.folder("templates").rglob("*.html"):
        named = set(re.findall(r"icon\(\"([a-z-]+)\"", template.read_text(encoding="utf-8")))
        assert named <= drawn, (template.name, named - drawn)
