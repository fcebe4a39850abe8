"""The desk: private drafts, idempotency keys, exports; later notices, due rows and the outbox."""
