package io.turnwise.app.models;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of an answer as they arrive, pulled by one thread that waits for them for so long and
 * no longer: the client itself has no limit on how slowly a body may come. Owned by that thread;
 * closing it before its end drops the connection.
 */
final class Body implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private sealed interface Signal {}

  private record Arrived(List<ByteBuffer> buffers) implements Signal {}

  private record Ended() implements Signal {}

  private record Broken(Throwable cause) implements Signal {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final long patienceNanos;
  private final long leastBytes;
  private volatile Flow.Subscription subscription;
  private long waitedNanos;
  private long bytesSince;
  private volatile boolean over;

  /**
   * @param patience within which {@code leastBytes} must arrive; only waiting counts
   */
  Body(Duration patience, long leastBytes) {
    patienceNanos = patience.toNanos();
    this.leastBytes = leastBytes;
  }

  /**
   * What arrived next; empty at the end.
   *
   * @throws SocketTimeoutException if too little arrives
   * @throws IOException if the connection breaks
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    if (over) {
      return List.of();
    }
    long begin = System.nanoTime();
    Signal signal = signals.poll(Math.max(0, patienceNanos - waitedNanos), TimeUnit.NANOSECONDS);
    waitedNanos += System.nanoTime() - begin;
    if (signal instanceof Arrived arrived) {
      arrived.buffers().forEach(buffer -> bytesSince += buffer.remaining());
      if (bytesSince >= leastBytes) {
        bytesSince = 0;
        waitedNanos = 0;
      }
      subscription.request(1);
      return arrived.buffers();
    }
    over = true;
    if (signal instanceof Ended) {
      return List.of();
    }
    if (signal instanceof Broken broken) {
      throw broken.cause() instanceof IOException io ? io : new IOException(broken.cause());
    }
    close();
    throw new SocketTimeoutException(
        "fewer than "
            + leastBytes
            + " bytes came within "
            + TimeUnit.NANOSECONDS.toMillis(patienceNanos)
            + " ms");
  }

  @Override
  public void close() {
    over = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (over) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signals.add(new Arrived(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Broken(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new Ended());
  }
}
