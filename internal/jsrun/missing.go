package jsrun

import (
	"regexp"
	"strings"
)

// undefinedName matches the engine's message for a name that nothing has defined.
var undefinedName = regexp.MustCompile(`^ReferenceError: '([\w$]+)' is not defined$`)

// absent are what pages have and no script here: a library that looks for one of them before it uses it must not find it.
var absent = " BroadcastChannel Cache Intl IntersectionObserver MutationObserver Notification OffscreenCanvas PerformanceObserver Range ResizeObserver RTCPeerConnection " +
	"SharedWorker WebTransport Worker caches cookieStore createImageBitmap customElements getComputedStyle getSelection importScripts indexedDB innerHeight innerWidth " +
	"matchMedia open print screen scrollTo scrollX scrollY visualViewport "

// libraries are names that a snippet takes for granted because its page has loaded a script before.
var libraries = map[string]string{"$": "jQuery", "jQuery": "jQuery", "axios": "axios", "ky": "ky", "_": "Lodash", "moment": "Moment", "React": "React", "Vue": "Vue", "angular": "AngularJS",
	"superagent": "superagent", "io": "socket.io", "rxjs": "RxJS", "Rx": "RxJS", "wretch": "wretch"}

// missingHint says what to do where a script stopped at a name that is not there.
func missingHint(text string) string {
	m := undefinedName.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch name := m[1]; {
	case strings.Contains(absent, " "+name+" "):
		return "corscope run has no " + name + ": leave out what shows or stores, and keep the requests"
	case libraries[name] != "":
		return name + " comes from " + libraries[name] + ", which the page loads first: put its browser build before the snippet (cat library.js snippet.js | corscope run -)"
	case name == "require" || name == "process" || name == "module" || name == "exports":
		return name + " is Node's, and a page has none: take the library's browser build, or import it by its URL with --module"
	}
	return ""
}
