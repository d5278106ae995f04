package io.turnwise.topology.order;

import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps {@link CallOrder}s: a note for each call and each event that waits. A key is the call id in
 * UTF-8, a zero byte, the kind and a number of four bytes: as the last six bytes are always these,
 * no two calls' keys are equal whatever characters their ids have.
 */
final class OrderStore {
  private static final byte VERSION = 1;
  private static final char NOTE = 'n';
  private static final char EVENT = 'e';
  private static final byte SPOKEN = 0;
  private static final byte ENDED = 1;
  private static final int TAIL = 1 + 1 + 4;

  /** Of Avro's single objects: a mark and the fingerprint of the schema. */
  private static final int HEADER = 2 + 8;

  private final KeyValueStore<Bytes, byte[]> store;
  private final Map<String, Set<Integer>> stored = new HashMap<>();

  OrderStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  static void requireVersion(String what, int expected, int found) {
    if (found != expected) {
      throw UnreadableState.ofVersion(Names.ORDER_CALLS, what, expected, found);
    }
  }

  /**
   * Every call in the store, as it was last saved.
   *
   * @throws UnreadableState if another release has saved it, or it is damaged
   */
  Map<String, CallOrder> restoreAll(OrderRules rules) {
    try {
      return readAll(rules);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      throw UnreadableState.damaged(Names.ORDER_CALLS, "the order of a call", e);
    }
  }

  private Map<String, CallOrder> readAll(OrderRules rules) {
    Map<String, Optional<byte[]>> notes = new HashMap<>();
    Map<String, SortedMap<Integer, CallOrder.Waiting>> events = new HashMap<>();
    stored.clear();
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        byte[] key = entry.key.get();
        int idLength = key.length - TAIL;
        String call = new String(key, 0, idLength, StandardCharsets.UTF_8);
        notes.putIfAbsent(call, Optional.empty());
        events.computeIfAbsent(call, id -> new TreeMap<>());
        if (key[idLength + 1] == NOTE) {
          notes.put(call, Optional.of(entry.value));
        } else if (key[idLength + 1] != EVENT) {
          throw UnreadableState.damaged(Names.ORDER_CALLS, "a key", "neither note nor event");
        } else {
          int number = ByteBuffer.wrap(key, idLength + 2, Integer.BYTES).getInt();
          events.get(call).put(number, event(number, entry.value));
          stored.computeIfAbsent(call, id -> new HashSet<>()).add(number);
        }
      }
    }
    Map<String, CallOrder> orders = new HashMap<>();
    notes.forEach(
        (call, note) -> orders.put(call, CallOrder.restore(rules, note, events.get(call))));
    return orders;
  }

  /** Forgets an event that waits no longer. */
  void remove(String call, CallOrder.Waiting event) {
    Set<Integer> numbers = stored.get(call);
    if (numbers != null && numbers.remove(event.number())) {
      store.delete(key(call, EVENT, event.number()));
      if (numbers.isEmpty()) {
        stored.remove(call);
      }
    }
  }

  /** Writes what is not as it was when it was last saved. */
  void save(String call, CallOrder order) {
    if (order.hasWaiting()) {
      Set<Integer> numbers = stored.computeIfAbsent(call, id -> new HashSet<>());
      for (CallOrder.Waiting event : order.waiting()) {
        if (numbers.add(event.number())) {
          store.put(key(call, EVENT, event.number()), bytes(event));
        }
      }
    }
    boolean noteDue = order.takeNoteDue();
    if (order.isOver()) {
      store.delete(key(call, NOTE, 0));
    } else if (noteDue) {
      store.put(key(call, NOTE, 0), order.noteBytes());
    }
  }

  static byte[] bytes(CallOrder.Waiting waiting) {
    if (waiting.event() instanceof Arrival.Spoken spoken) {
      try {
        ByteBuffer embedding = SpeakerEmbedding.getEncoder().encode(spoken.embedding());
        return head(waiting, SPOKEN, embedding.remaining()).put(embedding).array();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Arrival.Ended ended = (Arrival.Ended) waiting.event();
    return head(waiting, ENDED, 1 + 2 * Long.BYTES)
        .put((byte) ended.channel())
        .putLong(ended.atMillis())
        .putLong(ended.capturedAt().toEpochMilli())
        .array();
  }

  private static ByteBuffer head(CallOrder.Waiting waiting, byte kind, int rest) {
    return ByteBuffer.allocate(1 + 1 + Long.BYTES + rest)
        .put(VERSION)
        .put(kind)
        .putLong(waiting.atMillis());
  }

  static CallOrder.Waiting event(int number, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    requireVersion("an event", VERSION, in.get());
    byte kind = in.get();
    long atMillis = in.getLong();
    Arrival.Event event =
        switch (kind) {
          case SPOKEN -> spoken(in);
          case ENDED -> ended(in);
          default ->
              throw UnreadableState.damaged(Names.ORDER_CALLS, "an event", "of no known kind");
        };
    if (atMillis < 0 || in.hasRemaining()) {
      throw UnreadableState.damaged(
          Names.ORDER_CALLS, "an event", atMillis < 0 ? "before its call" : "bytes after its end");
    }
    return new CallOrder.Waiting(number, 0, atMillis, event);
  }

  private static Arrival.Spoken spoken(ByteBuffer in) {
    try {
      byte[] bytes = new byte[in.remaining()];
      in.get(bytes);
      // A damaged length would be allocated before it is found to be too long: walk over all first.
      BinaryDecoder walk =
          DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
      GenericDatumReader.skip(SpeakerEmbedding.getClassSchema(), walk);
      if (!walk.isEnd()) {
        throw UnreadableState.damaged(Names.ORDER_CALLS, "an event", "bytes after its end");
      }
      return new Arrival.Spoken(SpeakerEmbedding.getDecoder().decode(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Arrival.Ended ended(ByteBuffer in) {
    return new Arrival.Ended(in.get() & 0xff, in.getLong(), Instant.ofEpochMilli(in.getLong()));
  }

  private static Bytes key(String call, char kind, int number) {
    byte[] id = call.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(id, id.length + TAIL);
    ByteBuffer.wrap(key, id.length + 1, TAIL - 1).put((byte) kind).putInt(number);
    return Bytes.wrap(key);
  }
}
