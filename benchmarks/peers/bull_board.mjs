// bull-board on a queue of failed jobs: one job fails in earnest, its record is copied for the others.
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { Queue, QueueEvents, Worker } from "bullmq";
import express from "express";
import { Redis } from "ioredis";

const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const jobs = Number(process.env.JOBS);
const queue = new Queue("bench", { connection });
const events = new QueueEvents("bench", { connection });
await events.waitUntilReady();
const worker = new Worker("bench", async () => {
  const error = new Error("no answer from 10.0.0.1 within 30 s");
  error.stack = `Error: ${error.message}\n` + "    at capture (/srv/billing/gateway.js:10:5)\n".repeat(43);
  throw error;
}, { connection });
const failed = new Promise((resolve) => events.once("failed", resolve));
const sample = await queue.add("payment.capture", { customer: 1, note: "n".repeat(170) });
await failed;
await worker.close();

const client = new Redis(connection);
const record = Object.entries(await client.hgetall(`bull:bench:${sample.id}`)).flat();
for (let start = 2; start <= jobs; start += 1000) {
  const pipeline = client.pipeline();
  for (let id = start; id < Math.min(start + 1000, jobs + 1); id++) {
    pipeline.hset(`bull:bench:${id}`, ...record);
    pipeline.zadd("bull:bench:failed", Date.now(), String(id));
  }
  await pipeline.exec();
}
await client.set("bull:bench:id", String(jobs));

const adapter = new ExpressAdapter();
createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter });
const app = express();
app.use("/", adapter.getRouter());
app.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
