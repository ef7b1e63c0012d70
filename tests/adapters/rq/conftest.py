"""A database with the real RQ in it, and Redrive's view of it."""

from __future__ import annotations

import pytest

from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq.real import RealRQ


@pytest.fixture
def real(redis_url: str) -> RealRQ:
    return RealRQ(redis_url)


@pytest.fixture
def product(redis_url: str) -> RQProduct:
    return RQProduct("jobs", redis_url, {"redact": ("password", "token")})
