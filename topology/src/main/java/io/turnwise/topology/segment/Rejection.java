package io.turnwise.topology.segment;

import io.turnwise.avro.DeadLetterReason;

/**
 * Why a chunk cannot be used.
 *
 * @param detail one sentence that names the field and the value at fault
 */
record Rejection(DeadLetterReason reason, String detail) {}
