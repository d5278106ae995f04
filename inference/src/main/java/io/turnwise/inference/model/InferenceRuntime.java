package io.turnwise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import java.util.List;

/**
 * The ONNX Runtime of this process.
 *
 * @param version its version
 * @param providers the providers it was built with, as it names them; that one is listed does not
 *     say that the machine has what it needs
 */
public record InferenceRuntime(String version, List<String> providers) {
  public InferenceRuntime {
    providers = List.copyOf(providers);
  }

  public static InferenceRuntime present() {
    return new InferenceRuntime(
        environment().getVersion(),
        OrtEnvironment.getAvailableProviders().stream().map(Enum::name).sorted().toList());
  }

  /**
   * What networks are opened with; the process has one, which lasts as long as the process.
   *
   * @throws UnusableModel where the native library cannot be loaded
   */
  public static OrtEnvironment environment() {
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment("turnwise");
      EnvironmentHold.held();
      return environment;
    } catch (LinkageError e) {
      throw new UnusableModel(
          "ONNX Runtime's library cannot be loaded from "
              + System.getProperty("java.io.tmpdir")
              + ", where it is unpacked; mount that writable and exec, or give Java another folder"
              + " with -Djava.io.tmpdir=FOLDER",
          e);
    }
  }
}
