"""Where the focus is: seen on what has it, and never under a banner, a bar or a foot that stands."""

# In the order of the page, each control that can have the focus; what is wrong when it has it.
WALK = """() => {
    const shown = (field) => field.getClientRects().length && !field.closest('[hidden]')
        && getComputedStyle(field).visibility !== 'hidden';
    const controls = [...document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter((field) => shown(field) && field.tabIndex >= 0 && !field.disabled);
    const around = (field) => [field, field.parentElement, ...(field.labels || [])];
    const look = (field) => around(field).map((each) => {
        const style = getComputedStyle(each);
        return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor,
            style.backgroundColor].join();
    }).join();
    const isHit = (field, x, y) => {
        const top = document.elementFromPoint(x, y);
        return top && [field, ...(field.labels || [])].some((each) => each.contains(top));
    };
    // What is taller than the screen is in sight where its part on the screen is.
    const onScreen = (box) => {
        const left = Math.max(box.left, 0), top = Math.max(box.top, 0);
        return {left, top, width: Math.min(box.right, innerWidth) - left,
            height: Math.min(box.bottom, innerHeight) - top};
    };
    const isInSight = (field) => [...field.getClientRects()].map(onScreen).some((box) =>
        box.width > 0 && box.height > 0
        && [0.05, 0.5, 0.95].some((across) => [0.1, 0.5, 0.9].some((down) =>
            isHit(field, box.left + box.width * across, box.top + box.height * down))));
    const name = (field) => field.outerHTML.slice(0, 120);
    const wrong = [];
    for (const order of [controls, [...controls].reverse()]) {
        for (const field of order) {
            document.activeElement.blur();
            const before = look(field);
            field.focus({focusVisible: true});
            if (document.activeElement !== field) continue;
            if (look(field) === before) wrong.push(`the focus does not show on ${name(field)}`);
            if (!isInSight(field)) wrong.push(`the focus lies under something on ${name(field)}`);
        }
    }
    document.activeElement.blur();
    return [...new Set(wrong)];
}"""


def faults_of_focus(page):
    """Go through everything that can have the focus, forwards and back; say where it is not seen."""
    return [f"{page.viewport_size['width']} px: {fault}" for fault in page.evaluate(WALK)]
