package cli

import "testing"

func TestSearchCausesFindsFirst(t *testing.T) {
	for words, want := range map[string]string{
		"405":                            "preflight-not-routed",
		"options 401":                    "preflight-needs-login",
		"preflight redirect":             "preflight-redirect",
		"wildcard credentials":           "method-wildcard-with-credentials",
		"No Access-Control-Allow-Origin": "allow-origin-missing",
		"trailing slash":                 "origin-trailing-slash",
		"S3":                             "storage-bucket-rule",
		"cookies":                        "third-party-cookies",
		"the certificate":                "tls-certificate",
		"cors error":                     "", // words that every error has
		"xyzzy":                          "",
		"xyzzy plugh cookie":             "", // most of the words are not there
		"40":                             "", // no word begins so but numbers that are others
		"":                               "",
	} {
		found, got := searchCauses(words), ""
		if len(found) > 0 {
			got = found[0].ID
		}
		if got != want {
			t.Errorf("%q: %q first, want %q", words, got, want)
		}
		if len(found) > maxFound {
			t.Errorf("%q: %d causes", words, len(found))
		}
	}
}
