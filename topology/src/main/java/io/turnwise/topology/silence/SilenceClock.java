package io.turnwise.topology.silence;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The time by which a task tells the silence of its sources from its own: it goes on only while the
 * application looks for records, and nothing counts as silent after the moment up to which all that
 * the brokers hold has been taken in. In milliseconds since the task began. Not thread-safe.
 */
public final class SilenceClock {
  private final ProcessorContext<?, ?> context;
  private final WatchTime watched;
  private final CaughtUp caughtUp = new CaughtUp(0);
  private final Optional<InputProgress> progress;

  private SilenceClock(ProcessorContext<?, ?> context, long mostMillis) {
    this.context = context;
    watched = new WatchTime(mostMillis, context.currentSystemTimeMs());
    progress = InputProgress.in(context.appConfigs());
  }

  /**
   * Starts the clock, and has the stage act on silence now and then.
   *
   * @param idleMillis the shortest silence that matters, 100 or more
   * @param anythingDue whether there is something to do if all is silent up to a time of this clock
   * @param sweep does what is due where all is silent up to a time of this clock, which may be
   *     earlier than what {@code anythingDue} was asked
   */
  public static SilenceClock start(
      ProcessorContext<?, ?> context,
      long idleMillis,
      LongPredicate anythingDue,
      LongConsumer sweep) {
    long interval = Math.max(50, Math.min(1000, idleMillis / 4));
    SilenceClock clock = new SilenceClock(context, Math.min(interval * 5 / 2, idleMillis / 8 * 5));
    context.schedule(
        Duration.ofMillis(interval),
        PunctuationType.WALL_CLOCK_TIME,
        wallClock -> {
          long now = clock.watched.at(wallClock);
          if (anythingDue.test(now)) {
            sweep.accept(clock.silentUntil(now));
          }
        });
    return clock;
  }

  /** The context's record has been taken in, be it good or bad. */
  public void tookIn() {
    context.recordMetadata().map(RecordMetadata::offset).ifPresent(caughtUp::processed);
  }

  /** What silence is measured from. */
  public long now() {
    return watched.at(context.currentSystemTimeMs());
  }

  /** What has not been read yet may hold what is missed. */
  private long silentUntil(long now) {
    if (progress.isEmpty()) {
      return now;
    }
    caughtUp.look(now, progress.get().ask(context.taskId().partition()));
    return caughtUp.until();
  }
}
