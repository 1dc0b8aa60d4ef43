"""Who acts in the model, and how their runs are found."""

from accounts.models import User
from challenge.models import Enrollment, Program
from tests.faults.model.oracle import Oracle
from tests.faults.model.server import ScriptedServer
from tests.faults.model.simulation import COACHES


def address(name: str) -> str:
    return f"{name}@{name}.example"


class Runners:
    """Runners by their names, and their coaches."""

    def __init__(self, server: ScriptedServer, oracle: Oracle) -> None:
        self._server, self._oracle = server, oracle
        self._program = Program.objects.get()
        self._coach, self._colleague = User.objects.filter(email__in=COACHES).order_by("pk")
        self._forms = self._texts = 0

    def _runs(self, name: str) -> list[int]:
        runs = Enrollment.objects.filter(runner__email=address(name))
        return list(runs.order_by("pk").values_list("pk", flat=True))

    def _newest(self, name: str) -> Enrollment | None:
        return Enrollment.objects.filter(runner__email=address(name)).order_by("-pk").first()

    def _ip(self) -> str:
        """Return another address for each form: limits on forms are tested elsewhere."""
        self._forms += 1
        return f"10.0.0.{self._forms}"

    def _text(self, what: str) -> str:
        """Return words that no other text holds."""
        self._texts += 1
        return f"{what}-{self._texts}."
