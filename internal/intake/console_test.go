package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/growth"
	"github.com/corscope/corscope/internal/intake"
)

func read(tb testing.TB, text string) *intake.Intake {
	tb.Helper()
	in, err := intake.ReadText(tb.Context(), []byte(text), intake.Options{})
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return in
}

func TestConsoleErrors(t *testing.T) {
	const api, app = "https://api.example.com/users", "https://app.example.com"
	for _, c := range []struct {
		name, text string
		browser    intake.Browser
		url, page  string
		by         intake.Initiator
		code       fetch.ReasonCode
		phase      fetch.Phase
		method     string
		headers    string
		include    bool
	}{
		{"Chromium: no header", "Access to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium until 2024: with the advice to use no-cors", "Access to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: as the console copies it, with what stands around it", "login.js:12 \n        \n Access to XMLHttpRequest at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.\nlogin.js:12\n POST " + api + " net::ERR_FAILED\n(anonymous) @ login.js:12\nUncaught (in promise) TypeError: Failed to fetch\n    at login.js:12:1",
			intake.Chromium, api, app, "XMLHttpRequest", fetch.ReasonAllowOriginMissing, fetch.PhasePreflight, "POST", "Content-Type: application/json", false},
		{"Chromium: broken into lines by a mail, with typographic quotes", "> Access to fetch at ‘" + api + "’ from\n> origin ‘" + app + "’ has been blocked by CORS\n> policy: The ‘Access-Control-Allow-Origin’ header has a value ‘https://other.example’ that is not\n> equal to the supplied origin.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMismatch, fetch.PhaseRequest, "", "", false},
		{"Chromium: redirected", "Access to fetch at 'https://sso.example.com/login?next=%27' (redirected from '" + api + "') from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: a wildcard with credentials", "Access to XMLHttpRequest at '" + api + "' from origin 'null' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'. The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.",
			intake.Chromium, api, "null", "XMLHttpRequest", fetch.ReasonAllowOriginWildcard, fetch.PhaseRequest, "", "", true},
		{"Chromium: a header", "Access to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response.",
			intake.Chromium, api, app, "fetch", fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, "", "authorization: Bearer x", false},
		{"Chromium: a method", "Access to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: Method patch is not allowed by Access-Control-Allow-Methods in preflight response.",
			intake.Chromium, api, app, "fetch", fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, "patch", "", false},
		{"Chromium: an app's own scheme", "Access to XMLHttpRequest at '" + api + "' from origin 'capacitor://localhost' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, "capacitor://localhost", "XMLHttpRequest", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: an Electron app, whose host is a dot", "Access to fetch at '" + api + "' from origin 'app://.' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, "app://.", "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: its first letters were not copied", "cess to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: out of a page's source", "Access to fetch at &#39;" + api + "&#39; from origin &#39;" + app + "&#39; has been blocked by CORS policy: No &#39;Access-Control-Allow-Origin&#39; header is present on the requested resource.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: with the links that a forum makes", "Access to fetch at '[" + api + "](" + api + ")' from origin '[" + app + "](" + app + ")' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, app, "fetch", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Safari: the latest line first", "[Error] Fetch API cannot load " + api + " due to access control checks.\n[Error] Origin tauri://localhost is not allowed by Access-Control-Allow-Origin. Status code: 401",
			intake.WebKit, api, "tauri://localhost", "fetch", "", "", "", "", false},
		{"Chromium: a font", "Access to font at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			intake.Chromium, api, app, "font", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium 2017: Failed to load", "Failed to load " + api + ": No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin '" + app + "' is therefore not allowed access. The response had HTTP status code 503.",
			intake.Chromium, api, app, "", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium 2015: XMLHttpRequest cannot load", "XMLHttpRequest cannot load " + api + ". Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin '" + app + "' is therefore not allowed access.",
			intake.Chromium, api, app, "XMLHttpRequest", fetch.ReasonAllowOriginMissing, fetch.PhasePreflight, "", "Content-Type: application/json", false},
		{"Chromium 2014: the credentials flag", "XMLHttpRequest cannot load " + api + ". A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true. Origin '" + app + "' is therefore not allowed access.",
			intake.Chromium, api, app, "XMLHttpRequest", fetch.ReasonAllowOriginWildcard, fetch.PhaseRequest, "", "", true},
		{"Chromium 2018: Redirect from", "Redirect from '" + api + "' to 'https://b.example/' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'null' is therefore not allowed access.",
			intake.Chromium, api, "null", "", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", "", false},
		{"Chromium: mixed content", "Mixed Content: The page at '" + app + "/cart' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint 'http://api.example.com/x'. This request has been blocked; the content must be served over HTTPS.",
			intake.Chromium, "http://api.example.com/x", app + "/cart", "XMLHttpRequest", fetch.ReasonMixedContent, fetch.PhaseBefore, "", "", false},
		{"Chromium: the line of the network alone", "app.js:3 GET " + api + " net::ERR_NAME_NOT_RESOLVED",
			intake.Chromium, api, "", "", "", "", "GET", "", false},

		{"Firefox: no header", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.",
			intake.Firefox, api, "", "", fetch.ReasonAllowOriginMissing, "", "", "", false},
		{"Firefox: with the second line that it prints", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: CORS preflight response did not succeed). Status code: 405.\n\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: CORS request did not succeed). Status code: (null).\n\nUncaught (in promise) TypeError: NetworkError when attempting to fetch resource.",
			intake.Firefox, api, "", "", fetch.ReasonPreflightStatus, fetch.PhasePreflight, "", "Content-Type: application/json", false},
		{"Firefox: credentials, the one that quotes the URL", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘" + api + "’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
			intake.Firefox, api, "", "", fetch.ReasonAllowOriginWildcard, "", "", "", true},
		{"Firefox: a header, in the older wording", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: missing token 'x-token' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel).",
			intake.Firefox, api, "", "", fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, "", "x-token: x", false},
		{"Firefox 30: no reason", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". This can be fixed by moving the resource to the same domain or enabling CORS.",
			intake.Firefox, api, "", "", "", "", "", "", false},
		{"Firefox: with the request's own line", "XHRPUT" + api + "\nCORS Method Not Found\n\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
			intake.Firefox, api, "", "", fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, "PUT", "", false},

		{"Firefox: mode same-origin", "Security Error: Content at " + app + "/cart may not load data from " + api + ".",
			intake.Firefox, api, app + "/cart", "", fetch.ReasonSameOriginMode, fetch.PhaseBefore, "", "", false},

		{"Safari: all three lines", "[Error] Origin " + app + " is not allowed by Access-Control-Allow-Origin. Status code: 200\n[Error] Fetch API cannot load " + api + " due to access control checks.\n[Error] Failed to load resource: Origin " + app + " is not allowed by Access-Control-Allow-Origin. Status code: 200 (users, line 0)",
			intake.WebKit, api, app, "fetch", "", "", "", "", false},
		{"Safari: the preflight's status", "[Error] Preflight response is not successful. Status code: 403\n[Error] XMLHttpRequest cannot load " + api + " due to access control checks.\n[Error] Failed to load resource: Preflight response is not successful. Status code: 403 (users, line 0)",
			intake.WebKit, api, "", "XMLHttpRequest", fetch.ReasonPreflightStatus, fetch.PhasePreflight, "", "Content-Type: application/json", false},
		{"Safari: the credentials flag", "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".\nFetch API cannot load " + api + " due to access control checks.",
			intake.WebKit, api, "", "fetch", fetch.ReasonAllowCredentialsValue, "", "", "", true},
		{"Safari 10: one line", "XMLHttpRequest cannot load " + api + ". Origin " + app + " is not allowed by Access-Control-Allow-Origin.",
			"", api, app, "XMLHttpRequest", "", "", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindConsole || in.Message == nil {
				t.Fatalf("it was taken for %q", in.Kind)
			}
			m := in.Message
			if m.Browser != c.browser || m.Code != c.code || m.Phase != c.phase || m.Initiator != c.by {
				t.Errorf("browser %q, code %q, phase %q, initiator %q", m.Browser, m.Code, m.Phase, m.Initiator)
			}
			if in.Request.URL != c.url || in.Page != c.page || in.Request.Method != c.method {
				t.Errorf("page %q asks %q for %q", in.Page, in.Request.Method, in.Request.URL)
			}
			if got := headerText(in.Request.Headers); got != c.headers {
				t.Errorf("headers %q, want %q", got, c.headers)
			}
			if got := in.Request.Credentials == fetch.CredentialsInclude; got != c.include {
				t.Errorf("with credentials: %v", got)
			}
			for _, f := range []intake.Flag{intake.FlagMethod, intake.FlagHeader, intake.FlagCredentials} {
				if !in.Known[f] && !assumes(in, f) {
					t.Errorf("nothing is said of --%s", f)
				}
			}
		})
	}
}

func TestAndroidsLogIsNoPartOfTheReason(t *testing.T) {
	in := read(t, `I/chromium: [INFO:CONSOLE(0)] "Access to XMLHttpRequest at 'https://api.example.com/' from origin 'https://localhost' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.", source: https://localhost/home (0)`)
	if in.Page != "https://localhost" || !strings.HasSuffix(in.Message.Reason, "requested resource.") {
		t.Errorf("page %q, reason %q", in.Page, in.Message.Reason)
	}
}

func TestFirefoxsReasonEndsWhereItEnds(t *testing.T) {
	for text, want := range map[string]string{
		"(Reason: CORS request did not succeed). Status code: (null).":                             "CORS request did not succeed",
		"(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.":           "CORS header 'Access-Control-Allow-Origin' missing",
		"(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘http://a(b). c’).":     "CORS header 'Access-Control-Allow-Origin' does not match 'http://a(b). c'",
		"(Reason: invalid token ‘a)’ in CORS header ‘Access-Control-Allow-Methods’). [Learn More]": "invalid token 'a)' in CORS header 'Access-Control-Allow-Methods'",
	} {
		in := read(t, "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. "+text)
		if in.Message == nil || in.Message.Reason != want {
			t.Errorf("%s: %+v", text, in.Message)
		}
	}
}

func headerText(l fetch.HeaderList) string {
	var lines []string
	for _, h := range l {
		lines = append(lines, h.Name+": "+h.Value)
	}
	return strings.Join(lines, "\n")
}

func assumes(in *intake.Intake, f intake.Flag) bool {
	for _, a := range in.Assumed {
		if a.Flag == f {
			return true
		}
	}
	return false
}

func TestConsoleErrorsThatAreNotEnglish(t *testing.T) {
	const api = "https://api.example.com/users"
	for name, text := range map[string]string{
		"French":   "Blocage d’une requête multiorigines (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur " + api + ". Raison : l’en-tête CORS « Access-Control-Allow-Origin » est manquant. Code d’état : 200.",
		"German":   "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf " + api + ". (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 200.",
		"Japanese": "クロスオリジン要求をブロックしました: 同一生成元ポリシーにより、" + api + " にあるリモートリソースの読み込みは拒否されます (理由: CORS ヘッダー ‘Access-Control-Allow-Origin’ が足りない)。",
		"Chinese":  "已拦截跨源请求：同源策略禁止读取位于 " + api + " 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：200。",
		"Russian":  "Запрос из постороннего источника заблокирован: Политика одного источника запрещает чтение удаленного ресурса на " + api + ". (Причина: отсутствует заголовок CORS «Access-Control-Allow-Origin»). Код состояния: 200.",
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, text)
			if in.Request.URL != api || !in.Message.Foreign || in.Message.Code != fetch.ReasonAllowOriginMissing {
				t.Errorf("URL %q, foreign %v, code %q", in.Request.URL, in.Message.Foreign, in.Message.Code)
			}
			if len(in.Notes) == 0 || !strings.Contains(in.Notes[0], "not in English") {
				t.Errorf("notes %q do not say so", in.Notes)
			}
		})
	}
}

func TestConsoleErrorsWithoutAURLSaySo(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code intake.ErrorCode
	}{
		"what JavaScript is told in Chromium": {"Uncaught (in promise) TypeError: Failed to fetch", intake.ErrNoURL},
		"what axios makes of it":              {"AxiosError: Network Error", intake.ErrNoURL},
		"the second line alone":               {"Failed to load resource: net::ERR_FAILED", intake.ErrNoURL},
		"a reason alone":                      {"No 'Access-Control-Allow-Origin' header is present on the requested resource.", intake.ErrNoURL},
		"a question about CORS":               {"something about cors, please help", intake.ErrNoURL},
		"German without umlauts":              {"Anfrage blockiert, die CORS-Kopfzeile wurde nicht gefunden", intake.ErrLanguage},
		"Spanish without accents":             {"Solicitud bloqueada por la politica CORS", intake.ErrLanguage},
		"a hearsay":                           {"it says blocked by CORS policy", intake.ErrNoURL},
		"German without a URL":                {"Quellübergreifende Anfrage blockiert: CORS-Kopfzeile fehlt", intake.ErrLanguage},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code {
				t.Errorf("the error is %v, want code %q", err, c.code)
			}
		})
	}
}

func TestSeveralConsoleErrorsAreListed(t *testing.T) {
	text := "Access to fetch at 'https://a.example/1' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.\n" +
		"Failed to load resource: net::ERR_FAILED\n" +
		"Access to fetch at 'https://b.example/2' from origin 'https://app.example' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
	in := read(t, text)
	if in.Request.URL != "https://a.example/1" || in.Entry != 1 || len(in.Entries) != 2 || in.Entries[1].Method != "PUT" {
		t.Errorf("took %q, entry %d of %+v", in.Request.URL, in.Entry, in.Entries)
	}
	in, err := intake.ReadText(t.Context(), []byte(text), intake.Options{Entry: 2})
	if err != nil || in.Request.URL != "https://b.example/2" {
		t.Errorf("entry 2 is %+v, %v", in, err)
	}
	var bad *intake.Error
	if _, err = intake.ReadText(t.Context(), []byte(text), intake.Options{Entry: 3}); !errors.As(err, &bad) || bad.Code != intake.ErrEntry || len(bad.Entries) != 2 {
		t.Errorf("entry 3: %v", err)
	}
}

// A log in which every line could be a message takes as long as it is, and no longer; and the first message is found.
func TestLongLogsAreReadInBoundedTime(t *testing.T) {
	const message = "Access to fetch at 'https://a.example/1' from origin 'https://app.example' has been blocked by CORS policy: It does not have HTTP ok status.\n"
	for name, rest := range map[string]func(n int) string{
		"messages that are none": func(n int) string {
			return strings.Repeat("Access to fetch at 'https://b.example/ net::ERR Cross-Origin\n", n)
		},
		"one long line": func(n int) string { return "Access to " + strings.Repeat("fetch at 'https://", 3*n) },
		"other lines":   func(n int) string { return strings.Repeat("all is well here\n", 3*n) },
	} {
		t.Run(name, func(t *testing.T) {
			growth.Linear(t, 40, func(n int) func() {
				text := message + rest(n)
				return func() {
					if in := read(t, text); in.Request.URL != "https://a.example/1" {
						t.Errorf("the URL is %q", in.Request.URL)
					}
				}
			})
		})
	}
}
