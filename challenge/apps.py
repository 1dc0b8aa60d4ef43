from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengeConfig(AppConfig):
    name = "challenge"
    verbose_name = _("Runner Reset")

    def ready(self) -> None:
        from challenge import checks

        checks.register_checks()
