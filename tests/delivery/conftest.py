"""A running tally service that can be stopped and started at the same address."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep
from uuid import UUID

import cv2
import httpx
import numpy as np
import pytest
import uvicorn

from cart.checkout.api.app import create_app
from cart.checkout.service import catalogs
from cart.checkout.service.keys import make_key
from cart.checkout.service.tallies import Tallies
from cart.checkout.service.work import Service
from cart.checkout.store import Store
from cart.delivery.http import TallyClient
from cart.delivery.outbox import Trip
from cart.settings import ServiceSettings

TEA = "4006381333931"


class Tally:
    """The service of a store that sells tea."""

    def __init__(self, folder: Path) -> None:
        self._database = f"sqlite:///{folder / 'tally.sqlite3'}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None
        store = Store(self._database)
        store.migrate()
        with Service(store, ServiceSettings()).work() as work:
            catalogs.put_store(work, catalogs.StoreSettings("s1", "r1", "EUR", "S"))
            catalogs.put_product(work, catalogs.ProductSettings(TEA, "Tea"))
            catalogs.set_price(work, catalogs.NewPrice(TEA, "region", "r1", 249, "EUR"))
            self.key = make_key(work, "cart", "test")[1]
        store.close()

    def start(self) -> None:
        service = Service(Store(self._database), ServiceSettings(rate_per_second=10_000))
        options = {"log_config": None, "timeout_graceful_shutdown": 1}
        self._server = uvicorn.Server(uvicorn.Config(create_app(service), port=self.port, **options))
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            sleep(0.005)

    def stop(self) -> None:
        if self._server:
            self._server.should_exit = True
            self._thread.join()
            self._server = None

    def open(self, session: str) -> None:
        """Open a session as an earlier run of the cart would have."""
        client = TallyClient(self.url, self.key)
        assert client.open(Trip(session, "test", "s1"))
        client.close()

    def picture(self, event: UUID) -> bytes | None:
        """Return the picture that the service keeps of an event."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.get(f"{self.url}/v1/events/{event}/evidence", headers=headers)
        return answer.content if answer.is_success else None

    def total(self, session: str) -> bytes:
        store = Store(self._database)
        body = Tallies(Service(store, ServiceSettings())).read(session).body
        store.close()
        return body


@pytest.fixture
def tally(tmp_path: Path) -> Iterator[Tally]:
    tally = Tally(tmp_path)
    yield tally
    tally.stop()


@pytest.fixture
def jpeg() -> bytes:
    return cv2.imencode(".jpg", np.full((20, 30, 3), 90, np.uint8))[1].tobytes()
