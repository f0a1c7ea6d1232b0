# SPDX-License-Identifier: Apache-2.0
"""Somebody with a browser without JavaScript: follows links, fills in forms, reads what is on a page."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

UNSEEN = ('head', 'script', 'style', 'svg')
# Of an option without a value, which is then its text.
AS_SHOWN = object()


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What came back, read as a visitor sees it."""

    def __init__(self, answer: requests.Response):
        super().__init__()
        self.status = answer.status_code
        self.headers = answer.headers
        self.url = answer.url
        self.html = answer.text
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._said: list[str] = []
        self._hidden = 0
        self._select = self._area = ''
        self._option: Any = None
        self.feed(self.html)

    @property
    def text(self) -> str:
        return re.sub(r'\s+', ' ', ' '.join(self._said)).strip()

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def form(self, action: str) -> Form:
        """The form that is sent to this place."""
        return next(form for form in self.forms if form.action.endswith(action))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._hidden += tag in UNSEEN
        self.ids += [given['id']] if given.get('id') else []
        if tag == 'a' and given.get('href'):
            self.links.append(str(given['href']))
        elif tag == 'form':
            self.forms.append(Form(str(given.get('action')), str(given.get('method', 'get'))))
        elif tag == 'input' and 'name' in given:
            self._input(given)
        elif tag in ('select', 'textarea'):
            self._open(tag, str(given['name']))
        elif tag == 'option' and 'selected' in given:
            self._option = given.get('value', AS_SHOWN)
            if self._option is not AS_SHOWN:
                self.forms[-1].fields.append((self._select, str(self._option or '')))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in UNSEEN
        if tag in ('select', 'textarea'):
            self._select = self._area = ''
        if tag == 'option':
            self._option = None

    def handle_data(self, data: str) -> None:
        if self._area:
            name, before = self.forms[-1].fields.pop()
            # The newline that a text area begins with is none of its text.
            self.forms[-1].fields.append((name, before + (data if before else data.removeprefix('\n'))))
        elif self._option is AS_SHOWN:
            self.forms[-1].fields.append((self._select, data.strip()))
        elif not self._hidden:
            self._said.append(data)

    def _open(self, tag: str, name: str) -> None:
        if tag == 'select':
            self._select = name
        else:
            self._area = name
            self.forms[-1].fields.append((name, ''))

    def _input(self, given: dict[str, str | None]) -> None:
        if given.get('type') in ('checkbox', 'radio') and 'checked' not in given:
            return
        self.forms[-1].fields.append((str(given['name']), given.get('value') or ''))


class Visitor:
    """Keeps cookies; `root` is where the console is."""

    def __init__(self, root: str):
        self.root = root
        self.session = requests.Session()

    def get(self, path: str = '', **query: Any) -> Page:
        return Page(self.session.get(self.root + path, params=query, timeout=60))

    def send(self, page: Page, action: str, **changes: Any) -> Page:
        """The page's form as it is, but for the changes; a list is several values, None takes a field out."""
        form = page.form(action)
        fields = [(name, value) for name, value in form.fields if name not in changes]
        for name, value in changes.items():
            given = value if isinstance(value, list) else [value]
            fields += [(name, each) for each in given if each is not None]
        return Page(self.session.post(urljoin(page.url, form.action), data=fields, timeout=60))
