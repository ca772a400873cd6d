// A Go service with nats.go and OpenTelemetry's propagator: takes a message, goes on with its trace, and
// sends two messages, one with headers as nats.go writes them and one as net/http would.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// natsCarrier keeps the letter case of keys, as nats.Header does.
type natsCarrier nats.Header

func (c natsCarrier) Get(key string) string { return nats.Header(c).Get(key) }
func (c natsCarrier) Set(key, value string) { nats.Header(c).Set(key, value) }
func (c natsCarrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	return keys
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	nc, err := nats.Connect(os.Getenv("NATS_URL"))
	check(err)
	tracer := sdktrace.NewTracerProvider().Tracer("go")
	propagator := propagation.TraceContext{}
	done := make(chan struct{})
	_, err = nc.Subscribe("go.in", func(msg *nats.Msg) {
		received := propagator.Extract(context.Background(), natsCarrier(msg.Header))
		ctx, span := tracer.Start(received, "handle")
		defer span.End()
		out := nats.NewMsg("go.out.exact")
		propagator.Inject(ctx, natsCarrier(out.Header))
		check(nc.PublishMsg(out))
		canonical := nats.NewMsg("go.out.canonical")
		propagator.Inject(ctx, propagation.HeaderCarrier(http.Header(canonical.Header)))
		check(nc.PublishMsg(canonical))
		check(nc.Flush())
		check(json.NewEncoder(os.Stdout).Encode(map[string]string{
			"traceId":      span.SpanContext().TraceID().String(),
			"spanId":       span.SpanContext().SpanID().String(),
			"parentSpanId": trace.SpanContextFromContext(received).SpanID().String(),
		}))
		close(done)
	})
	check(err)
	check(nc.Flush())
	fmt.Println("ready")
	<-done
}
