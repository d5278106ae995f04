package io.turnwise.inference.model;

import java.util.List;

/**
 * What an ONNX file must not do: have its values, or its operators, elsewhere. The runtime would
 * read whatever file a tensor names, relative to the working folder, so a file's digest would not
 * say what is run.
 */
public final class SelfContained {
  private SelfContained() {}

  /**
   * @param file an ONNX file, whole
   * @throws IllegalArgumentException if it is none, names other files, declares tensors that it
   *     does not hold, or uses operators the runtime does not bring; the message is a clause that
   *     follows the file's name
   */
  public static void require(byte[] file) {
    require(OnnxGraph.read(file));
  }

  static void require(OnnxGraph graph) {
    List<String> external = graph.externalTensors();
    if (!external.isEmpty()) {
      throw new IllegalArgumentException(
          "keeps "
              + external.size()
              + " tensors in other files ('"
              + external.get(0)
              + "' first), and a file that reads others is not loaded; save it as one file,"
              + " for example with Python's onnx.save_model(onnx.load(IN), OUT)");
    }
    if (!graph.foreignDomains().isEmpty()) {
      throw new IllegalArgumentException(
          "uses operators of "
              + graph.foreignDomains()
              + ", which are not part of ONNX Runtime, and no library of operators is loaded; export"
              + " it with standard operators");
    }
  }
}
