package geo_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"jingwei/geo"
)

func TestSecrets(t *testing.T) {
	a, b := geo.NewSecret(), geo.NewSecret()
	if a == b || a.Hash() == b.Hash() || !regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{52}$`).MatchString(string(a)) {
		t.Errorf("secrets %q and %q", a, b)
	}
	if key := geo.NewTokenSecret(); !strings.HasPrefix(string(key), "jw_") || len(key) != 55 {
		t.Errorf("key %q", key)
	}
}

func TestParseSecret(t *testing.T) {
	const secret = "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjg"
	for text, ok := range map[string]bool{
		secret: true, strings.ToUpper(secret): true, " " + secret[:26] + "-" + secret[26:] + "\n": true, "Ol" + secret[2:]: true,
		"": false, secret[1:]: false, secret + "0": false, "u" + secret[1:]: false,
		secret[:51] + "h": false, // bits beyond the 256th
	} {
		got, err := geo.ParseSecret("link", text)
		if ok && (err != nil || got != secret) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		var fault *geo.Error
		if !ok && (!errors.As(err, &fault) || !errors.Is(err, geo.ErrInvalid) || fault.Field != "link" || got != "") {
			t.Errorf("%q is taken: %q, %v", text, got, err)
		}
	}
}

// FuzzParseSecret: what is read is in the form of NewSecret and reads as itself; a refusal never repeats what was given.
func FuzzParseSecret(f *testing.F) {
	for _, s := range []string{
		"", "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjg", "O123456789ABCDEFGHJKMNPQRSTVWXYZ-0I23456789ABCDEFGHJG",
		"jw_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjg", "K", strings.Repeat("0", 52), strings.Repeat("z", 52),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := geo.ParseSecret("link", text)
		if err != nil {
			if len(text) > 3 && strings.Contains(err.Error(), text) && !strings.Contains("link: this is not complete: 52 letters and digits are needed", text) {
				t.Errorf("%q is repeated: %v", text, err)
			}
			return
		}
		if again, err := geo.ParseSecret("link", string(s)); err != nil || again != s || len(s) != 52 {
			t.Errorf("%q reads as %q, that as %q, %v", text, s, again, err)
		}
	})
}
