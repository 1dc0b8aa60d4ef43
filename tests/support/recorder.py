"""A browser of a test that keeps every address and cookie that it gets to see."""

from collections import defaultdict
from typing import Any

from django.test import Client

from tests.support.marks import marked


class Recorder(Client):
    """Keeps every URL and cookie that a browser gets to see or asks for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen: dict[str, set[str]] = defaultdict(set)

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        asked = f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}"
        self.seen["asked"].add(asked)
        self.seen["answered"].update(f"{name}: {value}" for name, value in answer.items())
        self.seen["cookies"].add(answer.cookies.output())
        if "text/html" in answer.get("Content-Type", ""):
            page = answer.content.decode()
            for attribute in ('href="', 'src="', 'action="'):
                self.seen["links"].update(part.partition('"')[0] for part in page.split(attribute)[1:])
        return answer

    def marked(self, mark: str) -> set[str]:
        return {text for texts in self.seen.values() for text in texts if marked(mark, text)}
