package io.turnwise.serdes;

import org.apache.kafka.common.KafkaException;

/**
 * The schema registry gave no usable answer: no connection, no answer in time, refused credentials,
 * a refused schema, or a fault of its own. It says nothing about the record, which has to be tried
 * again rather than put aside. A record that is itself at fault raises {@link
 * org.apache.kafka.common.errors.SerializationException}.
 */
public final class RegistryUnavailable extends KafkaException {
  private static final long serialVersionUID = 1L;

  RegistryUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
