package password_test

import (
	"strings"
	"testing"

	"jingwei/geo/password"
)

const good = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$bAfnes5HACCDehV3nD4BAoSgv8xaEH/F3i1SkZIIJbI"

func TestVerifyRefusesOtherForms(t *testing.T) {
	h := password.NewWith(1, func(password.Cost) string {
		t.Error("something was computed")
		return ""
	})
	for name, phc := range map[string]string{
		"no hash":             "x",
		"argon2i":             strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":     strings.Replace(good, "v=19", "v=16", 1),
		"bcrypt":              "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
		"no lanes":            strings.Replace(good, "p=1", "p=0", 1),
		"too many lanes":      strings.Replace(good, "p=1", "p=5", 1),
		"256 lanes":           strings.Replace(good, "p=1", "p=257", 1),
		"no passes":           strings.Replace(good, "t=2", "t=0", 1),
		"too many passes":     strings.Replace(good, "t=2", "t=11", 1),
		"too little memory":   strings.Replace(good, "m=19456", "m=7", 1),
		"too much memory":     strings.Replace(good, "m=19456", "m=65537", 1),
		"negative":            strings.Replace(good, "m=19456", "m=-19456", 1),
		"more than 32 bits":   strings.Replace(good, "m=19456", "m=4294986752", 1),
		"another order":       strings.Replace(good, "m=19456,t=2", "t=2,m=19456", 1),
		"leading zero":        strings.Replace(good, "m=19456", "m=019456", 1),
		"more parameters":     strings.Replace(good, "p=1", "p=1,keyid=x", 1),
		"space":               good + " ",
		"padding":             good + "=",
		"line inside":         strings.Replace(good, "c2l4", "c2l4\n", 1),
		"bits beyond the end": strings.Replace(good, "IJbI", "IJbJ", 1),
		"no base64":           strings.Replace(good, "c2l4", "c2-4", 1),
		"short salt":          strings.Replace(good, "c2l4dGVlbiBieXRlcyBvaw", "c2hvcnQ", 1),
		"short key":           good[:len(good)-28],
		"long salt":           strings.Replace(good, "c2l4", strings.Repeat("c2l4", 22), 1),
		"very long":           good + strings.Repeat("c2l4", 1<<20),
		"a part too many":     good + "$",
	} {
		if ok, err := h.Verify(t.Context(), phc, "correct horse battery staple"); ok || err == nil || strings.Contains(err.Error(), "c2l4") {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

// FuzzParse: whatever stands in the database, reading it returns, and what is accepted is written again to the byte.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", good, "$argon2id$v=19$m=256,t=3,p=4$c29tZXNhbHQ$Wh/MXezeCDXz3caRIUMTqqnMi06VsyMhOfMONe6F5qHtkAi5LMUpymTgF/40M6dlefpOIjUzl17j2DHRZ2w2gw", "$$$$$", strings.Replace(good, "p=1", "p=+1", 1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, phc string) {
		again, err := password.Reparse(phc)
		if err == nil && again != phc {
			t.Errorf("%q was read as %q", phc, again)
		}
	})
}
