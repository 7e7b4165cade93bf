package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

func TestEveryCauseThatWordsStandForIsInTheCatalogue(t *testing.T) {
	for _, id := range intake.NamedCauses() {
		if _, ok := diagnose.CauseByID(id); !ok {
			t.Errorf("%q is not", id)
		}
	}
}

// said is the message of a text, whether a URL stands in it or not.
func said(t *testing.T, text string) *intake.Message {
	t.Helper()
	in, err := intake.ReadText(t.Context(), []byte(text), intake.Options{})
	var bad *intake.Error
	if errors.As(err, &bad) && bad.Said != nil {
		return bad.Said
	}
	if err != nil || in.Message == nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return in.Message
}

func TestWordsNameACause(t *testing.T) {
	const api, app = "https://api.example.com/users", "https://app.example.com"
	for name, c := range map[string]struct {
		text  string
		cause string
		url   string
	}{
		"CORB":                              {"Cross-Origin Read Blocking (CORB) blocked cross-origin response " + api + " with MIME type text/html. See https://www.chromestatus.com/feature/5629709824032768 for more details.", "opaque-response-blocked", api},
		"ORB in Firefox":                    {"A resource is blocked by OpaqueResponseBlocking, please check browser console for details. users", "opaque-response-blocked", ""},
		"ORB in Firefox's browser console":  {"The resource at “" + api + "” was blocked by OpaqueResponseBlocking. Reason: “mimeType sniffed”.", "opaque-response-blocked", api},
		"ORB in Chromium's network tab":     {"(failed)net::ERR_BLOCKED_BY_ORB", "opaque-response-blocked", ""},
		"a canvas":                          {"app.js:171 Uncaught SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.", "canvas-tainted", ""},
		"pixels":                            {"DOMException: Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The canvas has been tainted by cross-origin data.", "canvas-tainted", ""},
		"a canvas in Firefox and Safari":    {"Uncaught DOMException: The operation is insecure.\n    draw app.js:12:3", "canvas-tainted", ""},
		"a canvas, and no more than that":   {"SecurityError: The operation is insecure.", "canvas-tainted", ""},
		"a texture":                         {"SecurityError: Failed to execute 'texImage2D' on 'WebGLRenderingContext': The image element contains cross-origin data, and may not be loaded.", "canvas-tainted", ""},
		"an error without its message":      {"Script error.", "script-error-muted", ""},
		"a report of one":                   {"Error: Script error.\n  at ? (app.js:0:0)", "script-error-muted", ""},
		"a cookie in Firefox":               {"Cookie “session” has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.", "cookie-not-kept", ""},
		"a partitioned cookie":              {"Cookie “session” will soon be rejected because it is foreign and does not have the “Partitioned“ attribute.", "third-party-cookies", ""},
		"a cookie in Chromium":              {`This attempt to set a cookie via a Set-Cookie header was blocked because it had the "SameSite=Lax" attribute but came from a cross-site response`, "cookie-not-kept", ""},
		"S3's XML":                          {"<?xml version=\"1.0\"?>\n<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually because ...</Message></Error>", "storage-bucket-rule", ""},
		"API Gateway's JSON":                {`{"message":"Missing Authentication Token"}`, "gateway-error", ""},
		"Spring's answer":                   {"Invalid CORS request", "origin-rejected", ""},
		"Express's":                         {"Error: Not allowed by CORS\n    at origin (/app/server.js:9:14)", "origin-rejected", ""},
		"Spring's start":                    {`java.lang.IllegalArgumentException: When allowCredentials is true, allowedOrigins cannot contain the special value "*" since that cannot be set`, "allow-origin-wildcard-with-credentials", ""},
		"ASP.NET's start":                   {"System.InvalidOperationException: The CORS protocol does not allow specifying a wildcard (any) origin and credentials at the same time.", "allow-origin-wildcard-with-credentials", ""},
		"Django's check, without a scheme":  {"?: (corsheaders.E013) Origin 'localhost:3000' in CORS_ALLOWED_ORIGINS is missing scheme or netloc", "origin-without-scheme", ""},
		"Django's check, with a slash":      {"?: (corsheaders.E014) Origin 'http://localhost:3000/' in CORS_ALLOWED_ORIGINS should not have path", "origin-with-path", ""},
		"an old page of the local network":  {"net::ERR_INSECURE_PRIVATE_NETWORK_REQUEST", "local-network-insecure", ""},
		"COEP without a URL":                {"ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep (200).", "cross-origin-embedder-policy", ""},
		"CORP without a URL":                {"Failed to load resource: net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", "cross-origin-resource-policy", ""},
		"an extension":                      {"GET " + api + " net::ERR_BLOCKED_BY_CLIENT", "blocked-by-extension", api},
		"a server that does not run":        {"> xhr.js:178 POST " + api + " net::ERR_CONNECTION_REFUSED", "connection-refused", api},
		"a certificate":                     {"POST " + api + " net::ERR_CERT_AUTHORITY_INVALID", "tls-certificate", api},
		"an answer of the page's":           {"`app.js:265 GET " + api + " 404 (Not Found)`", "answer-is-an-error", api},
		"OPTIONS in the list of requests":   {"OPTIONS " + api + " 405 (Method Not Allowed)", "preflight-status", api},
		"no answer, in Firefox":             {"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: CORS request did not succeed). Status code: (null).", "network-failed", api},
		"no answer, in Firefox 38":          {"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". (Reason: CORS request failed).", "network-failed", api},
		"Firefox's reason alone":            {"Reason: CORS header ‘Access-Control-Allow-Origin’ missing", string(fetch.ReasonAllowOriginMissing), ""},
		"Chromium's reason alone":           {"Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://x' is therefore not allowed access. The response had HTTP status code 403.", string(fetch.ReasonAllowOriginMissing), ""},
		"Safari's reason alone":             {"Origin capacitor://app is not allowed by Access-Control-Allow-Origin.", string(fetch.ReasonAllowOriginMissing), ""},
		"Safari's reason without an origin": {"`Origin is not allowed by Access-Control-Allow-Origin.`", string(fetch.ReasonAllowOriginMissing), ""},
		"several values, in a title":        {"WebGL 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed.", string(fetch.ReasonAllowOriginMultiple), ""},
		"the start cut off":                 {"`from origin '" + app + "' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.`", string(fetch.ReasonMethodNotAllowed), ""},
		"a bracket in the URL":              {"Access to script at '[" + api + "] from origin '" + app + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.", string(fetch.ReasonAllowOriginMissing), api},
		"retold with other quotes":          {`XMLHttpRequest accessing "` + api + `" from origin "` + app + `" has been blocked by CORS policy: the resource is in the more-private address space local.`, "local-network-insecure", api},
		"a method, before 2017":             {"XMLHttpRequest cannot load " + api + ". Method PUT is not allowed by Access-Control-Allow-Methods.", string(fetch.ReasonMethodNotAllowed), api},
		"Firebug's line":                    {"\"NetworkError: 401 UNAUTHORIZED - " + api + "\"\n\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api + ". This can be fixed by moving the resource to the same domain or enabling CORS.", string(fetch.ReasonAllowOriginMissing), api},
		"CSP":                               {"Refused to connect to '" + api + "' because it violates the following Content Security Policy directive: \"connect-src 'self'\".", "csp-connect-src", api},
		"CSP without a URL":                 {"Refused to connect because it violates the following Content Security Policy directive: \"default-src 'self'\".", "csp-connect-src", ""},
		"CSP of a script":                   {"Refused to load the script '" + api + "' because it violates the following Content Security Policy directive: \"script-src 'self'\".", "csp-script-src", api},
		"CSP in Firefox":                    {"Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at " + api + " because it violates the following directive: “connect-src 'self'”", "csp-connect-src", api},
		"a file, in an older wording":       {"index.html:1 Access to Script at 'file:///C:/app/a.js' from origin 'null' has been blocked by CORS policy: Invalid response. Origin 'null' is therefore not allowed access.", string(fetch.ReasonScheme), "file:///C:/app/a.js"},
		"a header of CORS in the call":      {"const s = io.connect(\"" + api + "\", {\n  extraHeaders: { \"Access-Control-Allow-Origin\": \"*\" }\n});", "cors-header-on-request", api},
		"a header of CORS, never sent":      {"params = async ({ meta }) => ({ url: signed, headers: { 'Access-Control-Allow-Origin': '*' } })", "cors-header-on-request", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := said(t, c.text)
			got := string(m.Code)
			if got == "" {
				got = m.Cause
			}
			if got != c.cause || m.URL != c.url {
				t.Errorf("cause %q, URL %q\n%s", got, m.URL, c.text)
			}
		})
	}
}

func TestServersCodeSendsNoRequest(t *testing.T) {
	_, err := intake.ReadText(t.Context(), []byte("exports.handler = async () => { return { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } } }"), intake.Options{})
	var bad *intake.Error
	if errors.As(err, &bad) && bad.Said != nil {
		t.Errorf("it was taken for a page's: %+v", bad.Said)
	}
}

func TestAnErrorBesideASnippetIsReadToo(t *testing.T) {
	in := read(t, "fetch('https://api.example.com/users', { method: 'PUT' })\n\nbut I get\n\nAccess to fetch at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.")
	if in.Kind != intake.KindSnippet || in.Message == nil || in.Message.Code != fetch.ReasonMethodNotAllowed || in.Page != "https://app.example.com" || in.Request.Method != "PUT" {
		t.Errorf("%+v, message %+v", in, in.Message)
	}
}

// The reason is told by the headers that it names, whatever the language; the words are Firefox's own.
func TestFirefoxsReasonsInOtherLanguages(t *testing.T) {
	const api = "https://api.example.com/users?a=1"
	const german = "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf " + api + ". (Grund: "
	const french = "Blocage d’une requête multiorigine (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur " + api + ". Raison : "
	for name, c := range map[string]struct {
		text   string
		cause  string
		phase  fetch.Phase
		status int
		detail string // header or value
		reason string
	}{
		"German: missing":      {german + "CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 404.", "allow-origin-missing", "", 404, "", "CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt"},
		"German: no answer":    {german + "CORS-Anfrage schlug fehl). Statuscode: (null).", "network-failed", "", 0, "", "CORS-Anfrage schlug fehl"},
		"German: another":      {german + "CORS-Kopfzeile 'Access-Control-Allow-Origin' stimmt nicht mit 'https://o.example' überein).", "allow-origin-mismatch", "", 0, "https://o.example", ""},
		"German: several":      {german + "Es darf nur ein eine CORS-Kopfzeile 'Access-Control-Allow-Origin' verwendet werden).", "allow-origin-multiple", "", 0, "", ""},
		"German: wildcard":     {german + "Berechtigung/Credential wird nicht unterstützt, wenn die CORS-Kopfzeile 'Access-Control-Allow-Origin' auf '*' gesetzt ist).", "allow-origin-wildcard-with-credentials", "", 0, "", ""},
		"German: preflight":    {german + "CORS-Preflight-Antwort schlug fehl). Statuscode: 405.", "preflight-status", fetch.PhasePreflight, 405, "", ""},
		"German: redirect":     {german + "Externe Weiterleitung der CORS-Anfrage verboten).", "preflight-redirect", fetch.PhasePreflight, 0, "", ""},
		"German: not http":     {german + "CORS-Anfrage war nicht http).", "scheme-not-fetchable", "", 0, "", ""},
		"German: method":       {german + "Methode nicht in CORS-Kopfzeile 'Access-Control-Allow-Methods' gefunden).", "method-not-allowed", fetch.PhasePreflight, 0, "", ""},
		"German: header":       {german + "Kopfzeile 'x-token' ist aufgrund der Kopfzeile 'Access-Control-Allow-Headers' aus der CORS-Preflight-Antwort nicht zulässig).", "header-not-allowed", fetch.PhasePreflight, 0, "x-token", ""},
		"German: bad list":     {german + "ungültiges Token 'a b' in CORS-Kopfzeile 'Access-Control-Allow-Headers').", "allow-headers-malformed", fetch.PhasePreflight, 0, "a b", ""},
		"German: credentials":  {german + "'true' in CORS-Kopfzeile 'Access-Control-Allow-Credentials' erwartet).", "allow-credentials-not-true", "", 0, "", ""},
		"French: no answer":    {french + "échec de la requête CORS. Code d’état : (null). 2", "network-failed", "", 0, "", "échec de la requête CORS"},
		"French: missing":      {french + "l’en-tête CORS « Access-Control-Allow-Origin » est manquant. Code d’état : 200.", "allow-origin-missing", "", 200, "", "l’en-tête CORS « Access-Control-Allow-Origin » est manquant"},
		"French: several":      {french + "le recours à plusieurs en-têtes CORS « Access-Control-Allow-Origin » n’est pas autorisé.", "allow-origin-multiple", "", 0, "", ""},
		"Spanish: no answer":   {"Solicitud de origen cruzado bloqueada: La política de mismo origen no permite la lectura de recursos remotos en " + api + ". (Razón: Solicitud CORS sin éxito). Código de estado: (null).", "network-failed", "", 0, "", "Solicitud CORS sin éxito"},
		"Chinese: no answer":   {"已拦截跨源请求：同源策略禁止读取位于 " + api + " 的远程资源。（原因：CORS 请求未能成功）。状态码：(null)。", "network-failed", "", 0, "", "CORS 请求未能成功"},
		"Chinese: missing":     {"已拦截跨源请求：同源策略禁止读取位于 " + api + " 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：200。", "allow-origin-missing", "", 200, "", "CORS 头缺少 'Access-Control-Allow-Origin'"},
		"Japanese: preflight":  {"クロスオリジン要求をブロックしました: 同一生成元ポリシーにより、" + api + " にあるリモートリソースの読み込みは拒否されます (理由: CORS プリフライト応答が継承されていない)。ステータスコード: 403", "preflight-status", fetch.PhasePreflight, 403, "", ""},
		"Korean: no answer":    {"교차 출처 요청 차단: 동일 출처 정책으로 인해 " + api + "에 있는 원격 리소스를 차단했습니다. (원인: CORS 요청이 성공하지 못함). 상태 코드: (null).", "network-failed", "", 0, "", ""},
		"Dutch: no answer":     {"Cross-Origin-aanvraag geblokkeerd: de Same Origin Policy staat het lezen van de externe bron op " + api + " niet toe. (Reden: CORS-aanvraag is niet gelukt). Statuscode: (null).", "network-failed", "", 0, "", ""},
		"Polish, without a :":  {"Zablokowano żądanie do zasobu innego pochodzenia: zasady „Same Origin Policy” nie pozwalają wczytywać zdalnych zasobów z „" + api + "” (nieudane żądanie CORS). Kod stanu: (null).", "network-failed", "", 0, "", ""},
		"Chinese, the URL cut": {"webfont.woff2 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。", "allow-origin-missing", "", 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := said(t, c.text)
			got := string(m.Code)
			if got == "" {
				got = m.Cause
			}
			if !m.Foreign || got != c.cause || m.Phase != c.phase || m.Status != c.status || m.Header+m.Value != c.detail {
				t.Errorf("%+v", m)
			}
			if c.reason != "" && m.Reason != c.reason {
				t.Errorf("the reason is %q", m.Reason)
			}
			if strings.Contains(c.text, api) && m.URL != api {
				t.Errorf("the URL is %q", m.URL)
			}
		})
	}
}
