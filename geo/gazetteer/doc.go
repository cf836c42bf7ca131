// Package gazetteer finds the administrative divisions that a Chinese address names, as people write it: with or without
// the divisions above, with or without the endings 省市区县镇乡街道村社区, under former names, with noise. All names of all
// levels lie in one trie; what is found is held together by who lies below whom. It says what it inferred, what it could
// not decide and what contradicts itself, rather than guess.
//
// It is pure: a Builder takes divisions and successions, a Gazetteer answers from memory and is safe for concurrent use.
// Positions are OGC:CRS84 (longitude, latitude), distances metres.
package gazetteer
