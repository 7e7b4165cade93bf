package intake_test

import "testing"

// TestWhichDirectiveForbids: Firefox's and Chromium's lines as Firefox 153 and Chromium 156 print them, and older ones; WebKit's by its source.
func TestWhichDirectiveForbids(t *testing.T) {
	const image, firefox, chromium = "https://cdn.example.com/a.png", "Content-Security-Policy: The page’s settings blocked ", "violates the following Content Security Policy directive: "
	for name, c := range map[string]struct{ text, directive, cause, by, value string }{
		"Firefox: an image":                    {firefox + "the loading of a resource (img-src) at " + image + " because it violates the following directive: “img-src 'self'”", "img-src", "csp-subresource", "image", "img-src 'self'"},
		"Firefox: a font, by default-src":      {firefox + "the loading of a resource (font-src) at " + image + " because it violates the following directive: “default-src 'self'”", "font-src", "csp-subresource", "font", "default-src 'self'"},
		"Firefox: a manifest":                  {firefox + "the loading of a resource (manifest-src) at " + image + " because it violates the following directive: “manifest-src 'self'”", "manifest-src", "csp-subresource", "", "manifest-src 'self'"},
		"Firefox: a call":                      {firefox + "the loading of a resource (connect-src) at " + image + " because it violates the following directive: “default-src 'none'”", "connect-src", "csp-connect-src", "", "default-src 'none'"},
		"Firefox: a style sheet":               {firefox + "a style (style-src-elem) at " + image + " from being applied because it violates the following directive: “style-src 'self'”", "style-src", "csp-subresource", "css stylesheet", "style-src 'self'"},
		"Firefox: a script":                    {firefox + "a script (script-src-elem) at " + image + " from being executed because it violates the following directive: “script-src 'self'”", "script-src", "csp-script-src", "script", "script-src 'self'"},
		"Firefox before 2024":                  {firefox + "the loading of a resource at " + image + " (“img-src”).", "img-src", "csp-subresource", "image", ""},
		"Chromium: an image":                   {"Loading the image '" + image + "' " + chromium + `"img-src 'self'". The action has been blocked.`, "img-src", "csp-subresource", "image", "img-src 'self'"},
		"Chromium: an image, by default-src":   {"Refused to load the image '" + image + "' because it " + chromium + `"default-src 'self'". Note that 'img-src' was not explicitly set, so 'default-src' is used as a fallback.`, "img-src", "csp-subresource", "image", "default-src 'self'"},
		"Chromium: a style sheet":              {"Loading the stylesheet '" + image + "' " + chromium + `"style-src 'self'". Note that 'style-src-elem' was not explicitly set, so 'style-src' is used as a fallback. The action has been blocked.`, "style-src", "csp-subresource", "css stylesheet", "style-src 'self'"},
		"Chromium: media, with its two spaces": {"Loading media from  '" + image + "' " + chromium + `"media-src 'self'". The action has been blocked.`, "media-src", "csp-subresource", "video", "media-src 'self'"},
		"Chromium: a call":                     {"Connecting to '" + image + "' " + chromium + `"connect-src 'self'". The action has been blocked.`, "connect-src", "csp-connect-src", "", "connect-src 'self'"},
		"Chromium: a font, without the note":   {"Loading the font '" + image + "' " + chromium + `"default-src 'self'".`, "font-src", "csp-subresource", "font", "default-src 'self'"},
		"Safari: an image":                     {"Refused to load " + image + " because it does not appear in the img-src directive of the Content Security Policy.", "img-src", "csp-subresource", "image", ""},
		"Safari: a call, by default-src":       {"Refused to connect to " + image + " because it appears in neither the connect-src directive nor the default-src directive of the Content Security Policy.", "connect-src", "csp-connect-src", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, c.text).Message
			if m == nil || m.Directive != c.directive || m.Cause != c.cause || string(m.Initiator) != c.by || m.Value != c.value || m.URL != image {
				t.Errorf("read as %+v", m)
			}
		})
	}
}
