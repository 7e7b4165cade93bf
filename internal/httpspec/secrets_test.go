package httpspec_test

import (
	"testing"

	"github.com/corscope/corscope/internal/httpspec"
)

func TestMaskValue(t *testing.T) {
	for _, c := range []struct {
		name, header, value, want string
		secret                    bool
	}{
		{"the scheme of credentials stays", "authorization", "Bearer abc", "Bearer ****", true},
		{"credentials without a scheme", "Authorization", "abc", "****", true},
		{"what stands before the space is no scheme", "Proxy-Authorization", "a=b c", "****", true},
		{"nothing is nothing", "Authorization", "", "", true},
		{"cookies keep their names", "Cookie", "a=1; b=2; c", "a=****; b=****;****", true},
		{"an empty cookie", "Cookie", "a=; ", "a=; ", true},
		{"a cookie that is set keeps its attributes", "set-cookie", "a=1; Path=/; Secure", "a=****; Path=/; Secure", true},
		{"a key by custom", "x-api-key", "k", "****", true},
		{"a header that holds no secret", "X-Request-Id", "k", "k", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, secret := httpspec.MaskValue(c.header, c.value)
			if got != c.want || secret != c.secret {
				t.Errorf("%q, %t, want %q, %t", got, secret, c.want, c.secret)
			}
		})
	}
}
