package geo_test

import (
	"testing"

	"jingwei/geo"
)

func TestActorOfNobodyIsTheSystem(t *testing.T) {
	if got, want := geo.ActorOf(t.Context()), (geo.Actor{Name: "system", Via: geo.ViaSystem}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	who := geo.Actor{Account: 7, Name: "liu", Via: geo.ViaSession, Address: "192.0.2.1", RequestID: "r"}
	if got := geo.ActorOf(geo.WithActor(t.Context(), who)); got != who {
		t.Errorf("%+v, want %+v", got, who)
	}
}

func TestParseAuditHead(t *testing.T) {
	const sum = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	for text, fault := range map[string]string{
		"12:" + sum: "", " 12:" + sum + "\n": "", "0:" + sum: "head", "-1:" + sum: "head", "12": "head", "12:": "head",
		"12:" + sum[2:]: "head", "12:" + sum + "00": "head", sum: "head", "": "head", "x:" + sum: "head", "12:" + sum[:62] + "zz": "head",
	} {
		h, err := geo.ParseAuditHead(text)
		checkFault(t, text, err, "head", fault)
		if err == nil && h.String() != "12:"+sum {
			t.Errorf("%q became %s", text, h)
		}
	}
}
