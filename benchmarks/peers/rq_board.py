"""rq-dashboard on a queue of failed jobs: one job fails in earnest, its record is copied for the others."""

from __future__ import annotations

import os
import time

import gunicorn.app.base
import redis
import rq_dashboard
from flask import Flask
from rq import Queue, SimpleWorker

JOBS = int(os.environ["JOBS"])
URL = f"redis://127.0.0.1:{os.environ['REDIS_PORT']}/0"


def fail(customer: int, note: str) -> None:
    """Fails with a long message, so that its traceback takes 2 kB."""
    raise RuntimeError(f"no answer for {customer} {len(note)}: " + "x" * 1_500)


class Server(gunicorn.app.base.BaseApplication):
    """One process with threads, as our own."""

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{os.environ['PORT']}", "worker_class": "gthread", "threads": 64, "timeout": 600,
            "keepalive": 60, "loglevel": "warning", "post_worker_init": lambda _: print("ready", flush=True),
        }.items():  # fmt: skip
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = Flask(__name__)
        app.config["RQ_DASHBOARD_REDIS_URL"] = URL
        rq_dashboard.web.setup_rq_connection(app)
        app.register_blueprint(rq_dashboard.blueprint)
        return app


def fill(client: redis.Redis) -> None:
    """One real failure, then copies of its keys."""
    queue = Queue("bench", connection=client)
    job = queue.enqueue("rq_board.fail", 1, "n" * 170)
    SimpleWorker([queue], connection=client).work(burst=True)
    keys = {name: client.dump(f"rq:{name}:{job.id}") for name in ("job", "results")}
    for start in range(1, JOBS, 1_000):
        pipeline = client.pipeline(transaction=False)
        for number in range(start, min(start + 1_000, JOBS)):
            for name, value in keys.items():
                if value:
                    pipeline.restore(f"rq:{name}:{number:032x}", 0, value)
            pipeline.zadd("rq:failed:bench", {f"{number:032x}": time.time() + 31_536_000})
        pipeline.execute()


if __name__ == "__main__":
    fill(redis.Redis.from_url(URL))
    Server().run()
