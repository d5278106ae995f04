package io.turnwise.topology.order;

import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.track.Heard;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The shell around {@link CallOrder}: hands what came of each call's channels to {@link
 * Names#TRACK}, in one order. Keys are call ids.
 *
 * <p>An event is taken out of the state before it is handed on. One that the next stage fails on is
 * lost to it and holds up nothing.
 */
public final class OrderProcessor implements Processor<String, Arrival, String, Object> {
  private final OrderRules rules;
  private final boolean publishes;
  private final Map<String, CallOrder> live = new HashMap<>();

  private ProcessorContext<String, Object> context;
  private OrderStore store;
  private StageMetrics metrics;
  private Sensor givenUpCount;

  private OrderProcessor(OrderRules rules, boolean publishes) {
    this.rules = rules;
    this.publishes = publishes;
  }

  /**
   * For calls whose channels tell of their progress: nothing waits where no channel can bring
   * something earlier. Embeddings go to {@link Names#SPEAKER_EMBEDDINGS} too. The topology connects
   * the processors to {@link Names#ORDER_CALLS}.
   *
   * @param horizonMillis how much later audio is held back for a missing chunk
   * @param gapFillMillis longest gap that is filled with silence
   */
  public static ProcessorSupplier<String, Arrival, String, Object> publishing(
      int horizonMillis, int gapFillMillis) {
    OrderRules rules = OrderRules.of(horizonMillis, gapFillMillis, true);
    return () -> new OrderProcessor(rules, true);
  }

  /**
   * For calls of which nothing but embeddings, silences and ends is known: everything waits until
   * the call has come further by the longest that a channel is waited for, or has gone silent. The
   * topology connects the processors to {@link Names#ORDER_CALLS}.
   *
   * @param horizonMillis how much later audio was held back for a missing chunk
   * @param gapFillMillis longest gap that was filled with silence
   */
  public static ProcessorSupplier<String, Arrival, String, Object> unannounced(
      int horizonMillis, int gapFillMillis) {
    OrderRules rules = OrderRules.of(horizonMillis, gapFillMillis, false);
    return () -> new OrderProcessor(rules, false);
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> calls = context.getStateStore(Names.ORDER_CALLS);
    store = new OrderStore(calls);
    metrics = new StageMetrics(context, Names.ORDER);
    givenUpCount =
        metrics.counter(
            "given-up-total", "Channels waited for no longer, the others having come too far");
    live.clear();
    live.putAll(store.restoreAll(rules));
  }

  @Override
  public void process(Record<String, Arrival> record) {
    String call = record.key();
    CallOrder order = live.computeIfAbsent(call, id -> CallOrder.open(rules));
    int givenUp = order.hear(record.value());
    for (int i = 0; i < givenUp; i++) {
      givenUpCount.record();
    }
    handOn(call, order, record.timestamp());
  }

  @Override
  public void close() {
    live.clear();
    if (metrics != null) {
      metrics.close();
    }
  }

  private void handOn(String call, CallOrder order, long timestamp) {
    try {
      Optional<CallOrder.Waiting> due = order.next();
      while (due.isPresent()) {
        store.remove(call, due.get());
        handOn(call, due.get().event(), timestamp);
        due = order.next();
      }
    } finally {
      // Also where the next stage fails: what has come must not be lost with it.
      store.save(call, order);
      if (order.isOver()) {
        live.remove(call);
      }
    }
  }

  private void handOn(String call, Arrival.Event event, long timestamp) {
    if (event instanceof Arrival.Spoken spoken) {
      if (publishes) {
        context.forward(
            new Record<>(call, spoken.embedding(), timestamp), Names.SPEAKER_EMBEDDINGS);
      }
      track(call, new Heard.Voice(spoken.embedding()), timestamp);
    } else if (event instanceof Arrival.Ended ended) {
      track(call, new Heard.ChannelEnd(ended.channel(), ended.capturedAt()), timestamp);
    }
  }

  private void track(String call, Heard heard, long timestamp) {
    context.forward(new Record<>(call, heard, timestamp), Names.TRACK);
  }
}
