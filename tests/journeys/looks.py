"""What every page on the way must be: readable for everybody, quiet, and made here alone."""

import os
import re
from urllib.parse import urlsplit
from zlib import crc32

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {"phone": 390, "desk": 1280}
THEMES = {"light": "light", "dim": "dark"}
AXE = Axe().axe_script
# How far the page can be pushed aside, and what reaches there.
OVER_THE_EDGE = """() => {
    const {scrollWidth, clientWidth} = document.documentElement;
    const out = [...document.querySelectorAll('body *')]
        .filter((each) => each.getBoundingClientRect().right > clientWidth + 1);
    return [scrollWidth - clientWidth, out.map((each) => each.outerHTML.slice(0, 80)).slice(-3)];
}"""
# Reckoning contrast takes most of the time on a long page, and it depends on nothing but these: each
# colour of text of each size, weight and opacity on each ground is reckoned once.
LOOK = """async ([rules, isWhole]) => {
    const everything = document.querySelectorAll('body *');
    const one = {runOnly: rules, resultTypes: ['violations']};
    if (isWhole || everything.length < 600) return (await axe.run(document, one)).violations;
    const grounds = new WeakMap();
    const ground = (each) => {
        if (!each) return '';
        if (!grounds.has(each)) {
            const {backgroundColor, backgroundImage, opacity} = getComputedStyle(each);
            const isBare = backgroundImage === 'none' && /, 0\\)$/.test(backgroundColor);
            const own = isBare ? '' : `${backgroundColor} ${backgroundImage}`;
            const below = ground(each.parentElement);
            grounds.set(each, opacity === '1' && !own ? below : `${own || below} ${opacity}`);
        }
        return grounds.get(each);
    };
    const isRead = (each) => each.matches('input, select, textarea')
        || [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const unlike = new Map();
    for (const each of everything) {
        if (!isRead(each) || !each.checkVisibility({visibilityProperty: true})) continue;
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(each);
        const look = [color, fontSize, fontWeight, textShadow, each.matches(':disabled'), ground(each)].join();
        if (!unlike.has(look)) unlike.set(look, each);
    }
    const rest = await axe.run(document, {...one, rules: {'color-contrast': {enabled: false}}});
    const contrast = {...one, runOnly: {type: 'rule', values: ['color-contrast']}};
    const met = await axe.run({include: [...unlike.values()]}, contrast);
    return [...rest.violations, ...met.violations];
}"""
# A form with errors and a page met by somebody else's change are answers, not faults.
ANSWERS = {422, 409}

WHOLE = "VIGIL_LOOK_EVERYWHERE" in os.environ

seen = set()  # what this run has looked at already: each kind of page once


def looks_right(page, state=""):
    """Look at this kind of page once a run: every rule, both themes, on a phone and at a desk.

    `state` tells apart what one page can look like: with errors, with a dialog open, empty. What
    was looked at in all four ways in one state is looked at in two of them in any other.
    """
    what = (name_of(page), state)
    if what not in seen:
        look = faults_of_either if any(name == what[0] for name, _ in seen) else faults_everywhere
        seen.add(what)
        wrong = list(look(page))
        assert not wrong, f"{what} at {page.url}:\n" + "\n".join(wrong)


def faults_of_either(page):
    """What is wrong with a page in one theme at each width, dim on every other page's telephone.

    Every page of the house is too many to look at in all four ways in each run of the tests: the
    pages on the walk are, here a name decides, and `make deep` looks at everything everywhere.
    """
    turn = crc32(name_of(page).encode()) % 2
    themes = list(THEMES)
    return faults_everywhere(page, {} if WHOLE else {390: themes[turn], 1280: themes[1 - turn]})


def faults_everywhere(page, only=None):
    """What is wrong with a page in either theme, at either width; it is left as it was found.

    `only` narrows each width to one theme.
    """
    kept = page.viewport_size
    theme = page.evaluate("document.documentElement.dataset.bsTheme")
    page.evaluate(AXE)
    for width in WIDTHS.values():
        unroll(page, width)
        for name, value in THEMES.items():
            if only and only[width] != name:
                continue
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", value)
            for fault in faults_of(page):
                yield f"{name_of(page)} at {width} px, {name}: {fault}"
    page.set_viewport_size(kept)
    page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)


def unroll(page, width):
    """Show the page at this width as a whole: what stands fixed at its foot then covers nothing."""
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(900, height)})
    page.evaluate("scrollTo(0, 0)")


def faults_of(page):
    """What axe finds against the rules, and whether the page runs over its edge."""
    for rule in page.evaluate(LOOK, [RULES, WHOLE]):
        for node in rule["nodes"]:
            why = re.sub(r"\s+", " ", node["failureSummary"])
            yield f"{rule['id']}: {node['target']} {node['html'][:160]} ({why})"
    over, what = page.evaluate(OVER_THE_EDGE)
    if over > 0:
        yield f"runs {over} px over the edge: {what}"


def name_of(page):
    """The kind of page this is: the name of its route."""
    return route_of(page.url)


def route_of(address):
    """The name of the route an address leads to; its path, where it has none."""
    path = urlsplit(address).path
    try:
        return resolve(path).view_name or path
    except Resolver404:
        return path


class Watch:
    """Listens to everything one person's browser does."""

    def __init__(self, context):
        self.wrong = []
        self.sent = set()  # the routes to which a form was sent, and taken
        context.on("console", self._said)
        context.on("weberror", lambda error: self.wrong.append(f"script failed: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message):
        if message.type != "error":
            return
        status = re.search(r"the server responded with a status of (\d+)", message.text)
        if status and int(status[1]) in ANSWERS:
            return
        self.wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def _asked(self, request):
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname != "localhost":
            self.wrong.append(f"asked the outside: {request.url}")

    def _answered(self, response):
        if response.status >= 400 and response.status not in ANSWERS:
            self.wrong.append(f"{response.status} from {response.url}")
        elif response.request.method == "POST" and response.status not in ANSWERS:
            self.sent.add(route_of(response.url))


def let_run_from(context, moment):
    """Let the clock of a device count from a moment: the scripts of pages opened from now on."""
    context.add_init_script(
        "Object.defineProperty(performance, 'timeOrigin',"
        f" {{value: {moment.timestamp() * 1000}, configurable: true}})"
    )
