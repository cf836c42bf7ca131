package oidc

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// StateLife is how long somebody may take at the provider.
const StateLife = 10 * time.Minute

// State is what a sign-in needs when it is finished. Meanwhile it is with the browser, sealed, so that any node can
// finish it and what never comes back costs nothing.
type State struct {
	Value    string `json:"s"` // the parameter state: ties the way back to this browser (RFC 6749 §10.12)
	Nonce    string `json:"n"` // ties the token to this sign-in (OpenID Connect Core 1.0 §15.5.2)
	Verifier string `json:"v"` // ties the code to it (RFC 7636 §4.1)
	Return   string `json:"r"` // where the browser goes afterwards, a path of ours
	Begun    int64  `json:"b"` // Unix seconds
}

// sealer seals states. Its key comes from the client's secret, which all nodes share already, and is another one for each
// provider, so that the state of one is of no use at another.
type sealer struct{ aead cipher.AEAD }

func newSealer(c Config) (sealer, error) {
	key, err := hkdf.Key(sha256.New, []byte(c.secret), []byte(c.Issuer+"\n"+c.ClientID), "jingwei oidc state "+c.Name, chacha20poly1305.KeySize)
	if err != nil {
		return sealer{}, fmt.Errorf("key of states: %w", err)
	}
	// Its nonces are long enough to be drawn at random by anybody's number of starts.
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return sealer{}, fmt.Errorf("key of states: %w", err)
	}
	return sealer{aead}, nil
}

func (s sealer) seal(st State) (string, error) {
	plain, err := json.Marshal(st)
	if err != nil {
		return "", fmt.Errorf("seal state: %w", err)
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal state: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, nil)), nil
}

// open reports false for what seal did not make.
func (s sealer) open(sealed string) (State, bool) {
	box, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(box) < s.aead.NonceSize() {
		return State{}, false
	}
	nonce, box := box[:s.aead.NonceSize()], box[s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, box, nil)
	if err != nil {
		return State{}, false
	}
	var st State
	return st, json.Unmarshal(plain, &st) == nil
}

// fresh reports whether the state began less than StateLife before now. A clock of another node may be a little ahead.
func (st State) fresh(now time.Time) bool {
	age := now.Sub(time.Unix(st.Begun, 0))
	return age > -time.Minute && age < StateLife
}
