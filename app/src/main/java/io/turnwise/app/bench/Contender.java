package io.turnwise.app.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Something that is timed by doing it again and again. */
interface Contender {
  String name();

  /**
   * Does it for about that long, and at least once.
   *
   * @return times a second
   */
  double rate(long nanos);

  /** One caller. */
  static Contender alone(String name, Runnable work) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public double rate(long nanos) {
        long start = System.nanoTime();
        long count = 0;
        long now;
        do {
          work.run();
          count++;
          now = System.nanoTime();
        } while (now - start < nanos);
        return count * 1e9 / (now - start);
      }
    };
  }

  /**
   * Several callers at once, each on a thread of the pool; their rates are added. Where one fails,
   * the others have ended as well when it throws: what they call may be closed then.
   *
   * @param pool has a thread for each of them
   */
  static Contender together(String name, Runnable work, ExecutorService pool, int callers) {
    Contender one = alone(name, work);
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public double rate(long nanos) {
        List<Future<Double>> rates = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          rates.add(pool.submit(() -> one.rate(nanos)));
        }
        double sum = 0;
        RuntimeException failure = null;
        for (Future<Double> rate : rates) {
          try {
            sum += Contender.result(rate);
          } catch (RuntimeException e) {
            failure = failure == null ? e : failure;
          }
        }
        if (failure != null) {
          throw failure;
        }
        return sum;
      }
    };
  }

  private static double result(Future<Double> rate) {
    try {
      return rate.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
