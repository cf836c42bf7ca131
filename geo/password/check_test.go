package password_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/password"
)

func TestCheck(t *testing.T) {
	// What is said to people, behind the reason for programs.
	const (
		short     = "password-short: a password has 10 to 128 characters"
		long      = "password-long: a password has 10 to 128 characters"
		writable  = "password-characters: the password has a character that cannot be relied on"
		name      = "password-name: a password must not contain the name"
		digits    = "password-simple: a password needs more than digits"
		different = "password-simple: a password needs at least 5 different"
		common    = "password-common: the password, or the word in it, is among those that are guessed first; put"
	)
	tests := []struct{ password, fault string }{
		{"", short},
		{"tram-Ofen7", ""}, // 10 characters
		{"tram-Ofen", short},
		{"海鸥骑着三轮车去买酱", ""}, // characters, not bytes
		{"海鸥骑着三轮车去买", short},
		{"tram-ofe\u0301n", short},                // an accent is composed with its letter
		{"ｔｒａｍ-ｏｆｅｎ７", ""},                        // full width
		{strings.Repeat("gleis-", 21) + "77", ""}, // 128
		{strings.Repeat("gleis-", 21) + "778", long},
		{strings.Repeat("\ufdfa", 100), long}, // each is 18 characters when normalized

		{"tram\nofen-gleis", writable},
		{"tram\x00ofen-gleis", writable},
		{"tram\xffofen-gleis", writable},
		{"tram\U000E0FFFofen-gleis", writable}, // not assigned
		{"tram ofen　gleis", ""},
		{"tram👩‍🚒ofen-gleis", ""},

		{"gleis-ZhangWei", name},

		{"13812345678", digits},
		{"330106198610101234", digits},
		{"1986-10-10 19:49", digits},
		{"wj13812345678", digits},
		{"13812345678中国", digits},

		{"abababababab", different},
		{"我我我我我我爱爱爱爱你", different},

		{"newproject2004", common}, // as it is: newproject alone is not on the list
		{"12qw34er-2026", common},  // without its end: without its head it is not on the list
		{"woaini1314", common},
		{"WoAiNi1314", common},
		{"5201314woaini", common},
		{"woainiwoaini", common},
		{"5201314abc", common},
		{"1qaz2wsx!!", common},
		{"1qaz2wsx3edc", common},
		{"1qazxsw23edc", common},
		{"qwertyuiop", common},
		{"poiuytrewq", common},
		{"qwertyuiop[]", common},
		{"qwertyuiopasdf", common},
		{"1q2w3e4r5t6y", common},
		{"!qaz@wsx#edc", common},
		{"abcdefghij", common},
		{"password123", common},
		{"Password@2024", common},
		{"P@ssw0rd2024!", common},
		{"p-a-s-s-w-o-r-d", common},
		{"ｐａｓｓｗｏｒｄ１２３", common},
		{"Admin@123456", common},
		{"aa123456789", digits},
		{"abc123456789", common},
		{"zhang19861010", common},
		{"zhanglei1986", common},
		{"xiaoming2008", common},
		{"Beijing2008!", common},
		{"Weirenminfuwu1", common},
		{"不忘初心牢记使命2017", common},
		{"床前明月光，疑是地上霜。", common},
		{"jingwei2026", common},
		{"liverpool1892", common},

		{"correct horse battery staple", ""},
		{"三只海鸥 骑着三轮车", ""},
		{"kX9#qLmP2$v1", ""},
		{"7f3a9c2e5b8d", ""},
	}
	for _, test := range tests {
		err := password.Check(test.password, "zhang.wei", "")
		said := ""
		if fault := new(geo.Error); errors.As(err, &fault) {
			said = fault.Reason + ": " + fault.Message
		}
		if (said == "") != (test.fault == "") || !strings.HasPrefix(said, test.fault) {
			t.Errorf("Check(%q) = %q; want %q", test.password, said, test.fault)
		}
		presentable(t, test.password, err)
	}
}

func TestCheckNames(t *testing.T) {
	tests := []struct {
		password, name string
		contained      bool
	}{
		{"gleis-zhang.wei-ofen", "zhang.wei", true},
		{"gleis-zhangwei-ofen", "zhang.wei", true},
		{"gleis-zhang.wei-ofen", "zhangwei", true},
		{"z h a n g w e i gleis", "zhang_wei", true},
		{"gleis-ZHANGwei-ofen", " Zhang Wei ", true},
		{"ＺＨＡＮＧwei-gleis", "zhang.wei", true},
		{"gleis-c++-ofen", "C++", true}, // nothing but a letter is left of it
		{"gleis-tom-ofen", "Tom", true},
		{"al-tram-ofen-gleis", "al", false}, // is there by chance
		{"张伟伟的密码在这里呢", "张伟", true},
		{"张海鸥骑着三轮车去的", "伟", false},
		{"gleis-zhangwei-ofen", "张伟", true},
		{"Gleis.Zhang.Wei.Ofen", "张伟", true},
		{"gleis-wei-zhang-ofen", "张伟", false},
		{"gleis-tram-ofen", "", false},
		{"gleis-tram-ofen", "...", false},
	}
	for _, test := range tests {
		err := password.Check(test.password, "somebody", test.name)
		if (err != nil) != test.contained {
			t.Errorf("Check(%q, %q) = %v", test.password, test.name, err)
		}
		presentable(t, test.password, err)
	}
}

// presentable checks that an error is one about the password that can be shown, and does not show the password.
func presentable(t interface{ Errorf(string, ...any) }, word string, err error) {
	if err == nil {
		return
	}
	var fault *geo.Error
	if !errors.As(err, &fault) || !errors.Is(err, geo.ErrInvalid) || fault.Field != "password" || !strings.HasPrefix(fault.Reason, "password-") || fault.Message == "" {
		t.Errorf("Check(%q) is no error that can be shown: %v", word, err)
	}
	if len(word) >= geo.LeastPasswordLength && strings.Contains(err.Error(), word) {
		t.Errorf("the error shows the password: %v", err)
	}
}

// What is on the list is refused in whatever case and with whatever digits and punctuation at its ends.
func TestCheckLooksBehindEnds(t *testing.T) {
	words := typical(t)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words).Draw(t, "word")
		if rapid.Bool().Draw(t, "upper") {
			word = strings.ToUpper(word)
		}
		head := rapid.StringMatching(`[0-9!@#$. ]{0,10}`).Draw(t, "head")
		tail := rapid.StringMatching(`[0-9!@#$. ]{10,20}`).Draw(t, "tail")
		if err := password.Check(head + word + tail); err == nil {
			t.Errorf("%q is accepted", head+word+tail)
		}
	})
}

// typical returns the words of the patterns.
func typical(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("pack/patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "word "); ok {
			words = append(words, strings.Fields(rest)...)
		}
	}
	if len(words) < 300 {
		t.Fatalf("%d words", len(words))
	}
	return words
}

// Passwords by chance are accepted: the list and the rules are no burden to who lets a program make one.
func TestCheckAcceptsRandom(t *testing.T) {
	const alphabet, tries = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 5000
	random := rand.New(rand.NewPCG(1, 1))
	refused := 0
	for range tries {
		word := make([]byte, 12)
		for i := range word {
			word[i] = alphabet[random.IntN(len(alphabet))]
		}
		if password.Check(string(word), "zhang.wei", "张伟") != nil {
			refused++
		}
	}
	if refused > tries/500 {
		t.Errorf("%d of %d are refused", refused, tries)
	}
}

// FuzzCheck: whatever is typed, the answer is an error that can be shown or a password of the right length without the
// name, and the same for what is normalized as it.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"", "woaini1314", "correct horse battery staple", "\xff\xfe0123456789", strings.Repeat("\ufdfa", 200), "tram\u200dofen-gleis", "İİİİİİİİİİİİabc", "aaaaaaaaaa\u0301", "张伟的海鸥骑着三轮车去"} {
		f.Add(s, "zhang.wei")
	}
	f.Fuzz(func(t *testing.T, word, name string) {
		err := password.Check(word, name)
		presentable(t, word, err)
		normal := norm.NFKC.String(word)
		if again := password.Check(normal, name); (again == nil) != (err == nil) {
			t.Errorf("%q: %v, but normalized: %v", word, err, again)
		}
		if err != nil {
			return
		}
		if n := len([]rune(normal)); n < geo.LeastPasswordLength || n > geo.MostPasswordLength || strings.ContainsFunc(normal, unicode.IsControl) {
			t.Errorf("%q is accepted", word)
		}
		if ascii := len(normal) == len([]rune(normal)); ascii && len(name) >= 3 && strings.Contains(normal, name) && strings.TrimSpace(name) == name {
			t.Errorf("%q is accepted for %q", word, name)
		}
	})
}
