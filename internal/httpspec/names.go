package httpspec

// Request headers of the CORS protocol, in net/http's canonical form.
//
// https://fetch.spec.whatwg.org/#http-requests
const (
	HeaderOrigin                = "Origin"
	AccessControlRequestMethod  = "Access-Control-Request-Method"
	AccessControlRequestHeaders = "Access-Control-Request-Headers"
)

// Response headers of the CORS protocol, in net/http's canonical form.
//
// https://fetch.spec.whatwg.org/#http-responses
const (
	AccessControlAllowOrigin      = "Access-Control-Allow-Origin"
	AccessControlAllowCredentials = "Access-Control-Allow-Credentials"
	AccessControlAllowMethods     = "Access-Control-Allow-Methods"
	AccessControlAllowHeaders     = "Access-Control-Allow-Headers"
	AccessControlMaxAge           = "Access-Control-Max-Age"
	AccessControlExposeHeaders    = "Access-Control-Expose-Headers"
)

// Headers that are not CORS but decide about the same responses, in net/http's
// canonical form.
const (
	Vary                      = "Vary"                         // https://www.rfc-editor.org/rfc/rfc9110#name-vary
	TimingAllowOrigin         = "Timing-Allow-Origin"          // https://fetch.spec.whatwg.org/#tao-check
	CrossOriginResourcePolicy = "Cross-Origin-Resource-Policy" // https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
)

// Wildcard is the value that stands for "any" in the CORS response headers.
//
// https://fetch.spec.whatwg.org/#http-new-header-syntax
const Wildcard = "*"
