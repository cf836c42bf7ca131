package password_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo/password"
)

// The embedded list is what Pack writes: sums of four bytes, strictly ascending, as look-ups need them.
func TestList(t *testing.T) {
	list, err := os.ReadFile("common.bin")
	if err != nil {
		t.Fatal(err)
	}
	if len(list)%4 != 0 || len(list)/4 != 272274 {
		t.Errorf("the list has %d bytes; README.md says 272,274 passwords of 4", len(list))
	}
	for i := 4; i+4 <= len(list); i += 4 {
		if bytes.Compare(list[i-4:i], list[i:i+4]) >= 0 {
			t.Fatalf("entry %d is not above the one before", i/4)
		}
	}
}

func TestPack(t *testing.T) {
	// SHA-256 of "password" begins with 5e884898, of "qwerty" with 65e84be3.
	got := password.Pack([]string{"qwerty", "PASSWORD", "", "ｐａｓｓｗｏｒｄ", "password"})
	if diff := cmp.Diff([]byte{0x5e, 0x88, 0x48, 0x98, 0x65, 0xe8, 0x4b, 0xe3}, got); diff != "" {
		t.Error(diff)
	}
	if got := password.Pack(nil); len(got) != 0 {
		t.Errorf("the list of nothing is %x", got)
	}
}
