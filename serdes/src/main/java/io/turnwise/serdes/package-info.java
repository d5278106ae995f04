/**
 * The contracts of Turnwise's topics and their serdes: Avro in Confluent's framing, so that any
 * Confluent consumer in any language reads the topics.
 */
package io.turnwise.serdes;
