package lab

import "testing"

// TestAWindowThatMayNotOpen has the page try to open a window, and be refused, as a browser that blocks them does. A link is there then, and
// the window that a person opens with it is as good.
func TestAWindowThatMayNotOpen(t *testing.T) {
	p := open(t, desk, look{link: dict{"page": "https://app.example.com", "url": "https://api.example.com/cookie-plain", "credentials": "include", "demo": "cookie-plain"}}.fragment())
	p.do(`
		await lab.answered(1);
		window.open = () => null;
		lab.press(".compare button", "Let Chromium do it");
		const link = await lab.until("a link to the window", () => document.querySelector(".compare [role=status] a[target=_blank]"));
		if (!link.href.includes(".localhost:")) throw new Error("the link leads to " + link.href);
		link.click();
		const agrees = await lab.until("the comparison", () => document.querySelector(".compare .agrees"));
		if (!agrees.textContent.includes("Corscope and Chromium agree.")) throw new Error(agrees.textContent);`)
	p.quiet()
}
