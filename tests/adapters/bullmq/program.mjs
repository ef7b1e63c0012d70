// A program that uses BullMQ as it is told: one JSON object a line in, one out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.env.BULLMQ_FOLDER + "/");
const { FlowProducer, Job, Queue, Worker } = require("bullmq");
const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), db: Number(process.env.REDIS_DB),
                     maxRetriesPerRequest: null };
const prefix = process.env.PREFIX || "bull";
const queues = new Map();
const workers = new Map();
const runs = [];
let release;

function queue(name) {
  if (!queues.has(name)) queues.set(name, new Queue(name, { connection, prefix }));
  return queues.get(name);
}

async function process_(job) {
  runs.push(job.id);
  if (job.data.hold) await new Promise((resolve) => { release = resolve; });
  if (job.data.fail) charge(job.data.fail);
  return { sent: job.data.to ?? null };
}

function charge(message) {
  throw new TypeError(message);
}

const commands = {
  async add({ queue: name, type, data, opts }) {
    return (await queue(name).add(type, data, opts)).id;
  },
  async flow({ tree }) {
    const flow = new FlowProducer({ connection, prefix });
    const made = await flow.add(tree);
    await flow.close();
    return [made.job.id, ...(made.children ?? []).map((each) => each.job.id)];
  },
  async work({ queue: name, count }) {
    await queue(name).waitUntilReady();
    if (count === 0) return [];
    let left = count;
    const start = runs.length;
    await new Promise((resolve) => {
      const worker = new Worker(name, process_, { connection, prefix, name: "ann", concurrency: 1 });
      workers.set(name, worker);
      const ended = () => { left -= 1; if (left === 0) resolve(); };
      worker.on("completed", ended);
      worker.on("failed", ended);
      worker.on("error", () => {});
    });
    await workers.get(name).close();
    workers.delete(name);
    return runs.slice(start);
  },
  async listen({ queue: name }) {
    const worker = new Worker(name, process_, { connection, prefix, name: "ann" });
    worker.on("error", () => {});
    workers.set(name, worker);
    await worker.waitUntilReady();
  },
  async release() { release(); },
  async stop({ queue: name }) {
    await workers.get(name).close();
    workers.delete(name);
  },
  async runs() { return runs; },
  async counts({ queue: name }) { return await queue(name).getJobCounts(); },
  async paused({ queue: name }) { return await queue(name).isPaused(); },
  async job({ queue: name, id }) {
    const job = await Job.fromId(queue(name), id);
    return job && { ...job.toJSON(), state: await job.getState() };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: (await commands[command](given)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack) }));
  }
}
process.exit(0);
