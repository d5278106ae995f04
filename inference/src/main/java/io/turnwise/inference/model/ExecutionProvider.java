package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.Locale;
import java.util.Map;

/** What the network runs on. */
enum ExecutionProvider {
  CPU {
    @Override
    void addTo(SessionOptions options) {
      // the runtime's own, always there
    }
  },
  /** Apple's; as an ML program, which keeps float32 where the older format rounds to float16. */
  CORE_ML {
    @Override
    void addTo(SessionOptions options) throws OrtException {
      options.addCoreML(
          Map.of(
              "ModelFormat",
              "MLProgram",
              "MLComputeUnits",
              "ALL",
              "RequireStaticInputShapes",
              "1"));
    }
  };

  abstract void addTo(SessionOptions options) throws OrtException;

  /** What to try first on this machine. */
  static ExecutionProvider preferred() {
    return preferred(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static ExecutionProvider preferred(String system, String architecture) {
    boolean mac = system.toLowerCase(Locale.ROOT).startsWith("mac");
    return mac && architecture.equals("aarch64") ? CORE_ML : CPU;
  }
}
