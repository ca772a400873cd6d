// Reads a framed Avro message with goavro, as a Go service would, and writes one back. Standard input:
// {"schema": "...", "frame": "hex"}; standard output: {"number", "value", "back"}.
package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"

	"github.com/linkedin/goavro/v2"
)

type question struct {
	Schema string `json:"schema"`
	Frame  string `json:"frame"`
}

type answer struct {
	Number uint32          `json:"number"`
	Value  json.RawMessage `json:"value"`
	Back   string          `json:"back"`
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	codec, err := goavro.NewCodec(asked.Schema)
	must(err)
	frame, err := hex.DecodeString(asked.Frame)
	must(err)
	if len(frame) < 5 || frame[0] != 0 {
		log.Fatal("no frame")
	}
	native, rest, err := codec.NativeFromBinary(frame[5:])
	must(err)
	if len(rest) > 0 {
		log.Fatalf("%d bytes behind the value", len(rest))
	}
	text, err := codec.TextualFromNative(nil, native)
	must(err)

	record := native.(map[string]interface{})
	record["id"] = record["id"].(string) + "!"
	record["total"] = record["total"].(int64) + 1
	record["note"] = goavro.Union("string", "from Go")
	payload, err := codec.BinaryFromNative(nil, record)
	must(err)
	back := binary.BigEndian.AppendUint32([]byte{0}, binary.BigEndian.Uint32(frame[1:5]))
	said := answer{
		Number: binary.BigEndian.Uint32(frame[1:5]),
		Value:  text,
		Back:   hex.EncodeToString(append(back, payload...)),
	}
	must(json.NewEncoder(os.Stdout).Encode(said))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
