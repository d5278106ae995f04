package io.turnwise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's environment for as long as the process lives. Its Java binding releases it
 * in a shutdown hook of its own, beside all other hooks: a network that runs meanwhile, on a stream
 * thread that another hook is only about to stop, reads freed memory and ends the process with
 * SIGSEGV or SIGBUS (microsoft/onnxruntime, issue 31352). The native library counts who holds the
 * environment. This holds it once more and never lets go; the binding has no public way to.
 */
final class EnvironmentHold {
  private static final Logger log = LoggerFactory.getLogger(EnvironmentHold.class);

  /** Whether it is held; once a process, as the environment is. */
  private static final boolean HELD = hold();

  private EnvironmentHold() {}

  /**
   * Holds the environment, if it is not held yet. There must be one.
   *
   * @return whether it is held; not, where this version of the binding or its module does not let
   *     us, which is in the log
   */
  static boolean held() {
    return HELD;
  }

  private static boolean hold() {
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      Method create =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      api.setAccessible(true);
      create.setAccessible(true);
      create.invoke(
          null,
          api.getLong(null),
          OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(),
          "turnwise");
      return true;
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      log.warn(
          "ONNX Runtime's environment ends when the process begins to: a network that runs then"
              + " may crash it",
          e);
      return false;
    }
  }
}
