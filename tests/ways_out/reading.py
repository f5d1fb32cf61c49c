"""A page as somebody reads it: what stands in the way, the links, the forms with their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass(frozen=True)
class Obstacle:
    """One reason why not, as it stands on a page."""

    code: str
    words: str
    place: str = ""  # where its link leads


@dataclass
class Link:
    href: str
    under: str  # the heading above it
    words: str = ""


@dataclass
class Control:
    """One field of a form as the page shows it; `options` are the values one can choose."""

    name: str
    kind: str
    value: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    required: bool = False


@dataclass
class Button:
    name: str
    value: str
    disabled: bool
    words: str = ""
    skips_required: bool = False
    action: str = ""


@dataclass
class Form:
    action: str
    under: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    def filled(self, button, typed):
        """What a browser sends once these answers are typed; it stops at what must not be empty."""
        unknown = set(typed) - set(self.controls)
        assert not unknown, f"the form has no field for {sorted(unknown)}"
        sent = {}
        for name, control in self.controls.items():
            value = control.value
            if name in typed:
                value = typed[name] if isinstance(typed[name], list) else [str(typed[name])]
                away = [each for each in value if control.options and each not in control.options]
                assert not away, f"{name} offers {control.options}, not {away}"
            if control.required and not button.skips_required:
                assert any(value), f"a browser stops at {name}: it is empty"
            if value:
                sent[name] = value
        return sent | ({button.name: [button.value]} if button.name else {})


class Page(HTMLParser):
    """What stands between the main tags of a page, and in its banner."""

    def __init__(self, text, url):
        super().__init__()
        self.url = url
        self.obstacles, self.links, self.forms = [], [], []
        self._under = self._code = ""
        self._form = self._select = None
        self._said = []  # what text is being read into: the newest last
        self.feed(text)

    # -- Reading

    def link(self, words="", *, under="", to=""):
        """The first link that says this, stands under this heading, leads to this."""
        for link in self.links:
            if words in link.words and link.under.startswith(under) and to in link.href:
                return link.href
        raise AssertionError(f"{self.url} has no link “{words}” under “{under}” to “{to}”")

    def button(self, words):
        """A button that can be pressed, and its form."""
        for form in self.forms:
            for button in form.buttons:
                if words in button.words and not button.disabled:
                    return form, button
        raise AssertionError(f"{self.url} has no button “{words}”: {self.pressable}")

    @property
    def pressable(self):
        return [each.words for form in self.forms for each in form.buttons if not each.disabled]

    # -- Parsing

    def handle_starttag(self, tag, attrs):
        attrs = {name: value if value is not None else "" for name, value in attrs}
        if tag in HEADINGS or tag == "summary":
            self._said.append((tag, []))
        elif tag == "p" and "data-code" in attrs:
            self._code = attrs["data-code"]
            self._said.append((tag, []))
        elif tag == "a" and "href" in attrs:
            self.links.append(Link(attrs["href"], self._under))
            self._said.append((tag, []))
            self._clears(attrs["href"])
        elif tag == "form":
            self._form = Form(attrs.get("action", ""), self._under)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, attrs)
        elif tag == "span":
            self.handle_data(" ")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "div":
            self._open = None
        elif tag == "span":
            self.handle_data(" ")
        if not self._said or self._said[-1][0] != tag:
            return
        _, parts = self._said.pop()
        self._is_said(tag, " ".join("".join(parts).split()))

    def handle_data(self, text):
        for _, parts in self._said:
            parts.append(text)

    _open = None  # the obstacle whose facts are being read

    def _is_said(self, tag, words):
        if tag in HEADINGS:
            self._under = words
        elif tag == "p":
            self.obstacles.append(Obstacle(self._code, words))
            self._open = len(self.obstacles) - 1
        elif tag == "a":
            self.links[-1].words = words
        elif tag == "button" and self._form is not None:
            self._form.buttons[-1].words = words
        elif tag == "textarea" and self._form is not None:
            self._form.controls[self._textarea].value = [words]

    def _clears(self, href):
        if self._open is not None:
            old = self.obstacles[self._open]
            self.obstacles[self._open] = Obstacle(old.code, old.words, href)

    def _control(self, tag, attrs):
        name, form = attrs.get("name", ""), self._form
        required = "required" in attrs
        if tag == "button":
            button = Button(name, attrs.get("value", ""), "disabled" in attrs)
            button.disabled |= attrs.get("type", "submit") != "submit"
            button.skips_required = "formnovalidate" in attrs
            button.action = attrs.get("formaction", "")
            form.buttons.append(button)
            self._said.append((tag, []))
        elif "disabled" in attrs or (not name and tag != "option"):
            return
        elif tag == "textarea":
            self._textarea = name
            form.controls[name] = Control(name, tag, required=required)
            self._said.append((tag, []))
        elif tag == "select":
            self._select = form.controls[name] = Control(name, tag, required=required)
        elif tag == "option" and self._select is not None:
            self._select.options.append(attrs.get("value", ""))
            if "selected" in attrs or not self._select.value:
                self._select.value = [attrs.get("value", "")]
        elif tag == "input":
            self._input(name, attrs, required)

    def _input(self, name, attrs, required):
        kind = attrs.get("type", "text")
        control = self._form.controls.setdefault(name, Control(name, kind))
        control.required |= required
        value = attrs.get("value", "on" if kind == "checkbox" else "")
        if kind in {"radio", "checkbox"}:
            control.options.append(value)
            if "checked" in attrs:
                control.value = [*control.value, value]
        else:
            control.value = [value]
