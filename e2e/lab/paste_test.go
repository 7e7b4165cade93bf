package lab

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/e2e/browser"
)

const transcript = `$ curl -v -X OPTIONS https://api.example.com/users/7 -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: DELETE'
* Connected to api.example.com (192.0.2.1) port 443 (#0)
> OPTIONS /users/7 HTTP/2
> Host: api.example.com
> origin: https://app.example.com
> access-control-request-method: DELETE
> 
< HTTP/2 204 
< access-control-allow-origin: https://app.example.com
< access-control-allow-methods: METHODS
< 
`

// TestPasteOfWhatCurlPrinted judges what somebody tried by hand, and asks nobody.
func TestPasteOfWhatCurlPrinted(t *testing.T) {
	p := open(t, desk, "")
	p.paste(strings.Replace(transcript, "METHODS", "GET, POST", 1))
	p.press(browser.Enter, browser.Ctrl)
	p.answers("BLOCKED", "not DELETE")
	if read := read[string](p, `return lab.text(".read-as") + "|" + document.querySelector("input[name=target]:checked").parentElement.textContent.trim()`); !strings.Contains(read, "Read as what curl printed.") || !strings.HasSuffix(read, "|What was recorded") {
		t.Errorf("it was read as %s", read)
	}
	p.do(`lab.press(".verdict button", "Apply the fix to a pretend server")`)
	here := p.repaired()
	if !strings.Contains(here.Fix, "GET, POST, DELETE") {
		t.Errorf("the fix is %q", here.Fix)
	}
	link := read[string](p, `return location.hash`)
	p.goTo(link)
	if there := p.repaired(); there != here {
		t.Errorf("who opens the link sees\n%+v\nand who sent it\n%+v", there, here)
	}

	p.goTo("")
	p.do(`document.getElementById("paste").focus()`)
	p.paste(strings.Replace(transcript, "METHODS", "DELETE", 1))
	p.press(browser.Enter, browser.Ctrl)
	p.answers("NOT SENT", "“The real server” sends it")
	if read[bool](p, `return [...document.querySelectorAll(".verdict button")].some(b => b.textContent.includes("Send it"))`) {
		t.Error("there is a button that sends it, and nobody is there to send it to")
	}
	p.quiet()
}

// TestPasteThatIsNotCORS says so first, in words of the page.
func TestPasteThatIsNotCORS(t *testing.T) {
	p := open(t, desk, "")
	for text, want := range map[string]string{
		"TypeError: fetch failed":                        "This is not CORS: \"fetch failed\" is what Node says",
		"https://api.example.com/users works in Postman": "Postman, Insomnia and curl are no browsers",
		"AxiosError {message: 'Network Error', name: 'AxiosError', code: 'ERR_NETWORK', config: {…}}": "holds neither a reason nor a URL",
	} {
		p.goTo("")
		p.do(`document.getElementById("paste").focus()`)
		p.paste(text)
		p.press(browser.Enter, browser.Ctrl)
		p.do(`await lab.until("what is wrong", () => lab.text(".verdict .word").includes("NOT RUN"))`)
		said := read[string](p, `return lab.text(".verdict")`)
		if !strings.Contains(said, want) || strings.Contains(said, "--from") {
			t.Errorf("%s: the page says %s", text, said)
		}
	}
	p.quiet()
}

// TestPasteOfWordsThatAreSaidOfMore names the other causes where what came of the call is none of them.
func TestPasteOfWordsThatAreSaidOfMore(t *testing.T) {
	const message = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: CORS request did not succeed). Status code: (null)."
	server := dict{"answers": []dict{{"on": "request", "status": 200, "headers": []dict{}}}}
	p := open(t, desk, look{link: dict{"paste": message, "page": "https://app.example.com", "server": server}}.fragment())
	p.answers("BLOCKED")
	if said := read[string](p, `return lab.text(".read-as .also-said")`); !strings.HasPrefix(said, "The same words are also said of: ") || !strings.HasSuffix(said, " more.") {
		t.Errorf("of the other causes it says %q", said)
	}
	p.quiet()
}
