"""The thread that looks for new models, and has them tried before any camera looks with them."""

from threading import Event, Thread

from cart.vision.footage import Warn
from cart.vision.live.rollout.models import Models
from cart.vision.live.rollout.offer import Offer, Part, Refused, Source, Stopped, Unavailable
from cart.vision.live.rollout.trial import Trial


class Watcher:
    """Looks at a source again and again; what is no good is told once, and what was there stays.

    Attributes:
        models: the newest that are fit for use; may be read from any thread.
    """

    def __init__(self, source: Source, models: Models, trial: Trial, warn: Warn) -> None:
        """Make the thread; `start` starts it.

        Args:
            source: offers new models.
            models: those to begin with.
            trial: tries what is offered.
            warn: told of what is refused or cannot be had, from the watcher's thread.
        """
        self.models = models
        self._source = source
        self._trial = trial
        self._warn = warn
        self._refused: dict[Part, str] = {}
        self._problems: list[str] = []
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"models of {source.name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does so after the step that it is at."""
        self._stopping.set()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end, at most so many seconds; return whether it has ended.

        One that waits for a server ends when its time limit, a few seconds, is up, and harms nobody.
        """
        if self._thread.ident is not None:
            self._thread.join(max(0.0, timeout))
        return not self._thread.is_alive()

    def look(self) -> None:
        """Look once, and have all that is new tried."""
        problems: list[str] = []
        for offer in self._offers(problems):
            try:
                self._consider(offer)
            except Unavailable as error:
                problems.append(str(error))
        self._tell_once(problems)

    def _run(self) -> None:
        try:
            self.look()
            while not self._stopping.wait(self._source.seconds):
                self.look()
        except Stopped:
            return

    def _offers(self, problems: list[str]) -> list[Offer]:
        try:
            return list(self._source.offers(self._check))
        except Unavailable as error:
            problems.append(str(error))
            return []

    def _consider(self, offer: Offer) -> None:
        """Have a network tried, unless it is in use, was refused before, or is not needed."""
        used = self.models.version_of(offer.part)
        if used is None or offer.version in (used, self._refused.get(offer.part)):
            return
        try:
            self.models = self._trial.with_new(self.models, offer, self._check)
        except Refused as error:
            self._refused[offer.part] = offer.version
            self._warn(f"{error}; going on with {used}")

    def _tell_once(self, problems: list[str]) -> None:
        """Tell the problems that are new, and that there are none any more."""
        for problem in problems:
            if problem not in self._problems:
                self._warn(f"{problem}; going on without new models")
        if self._problems and not problems:
            self._warn(f"{self._source.name} can be read again")
        self._problems = problems

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped
