package io.fourtuple.netty;

import java.io.IOException;
import java.io.InputStream;

/** Sees the library anew, without some classes of optional jars. */
final class WithoutJars extends ClassLoader {
  private final String missing;

  /**
   * Without those.
   *
   * @param missing a pattern of the names of classes
   */
  WithoutJars(String missing) {
    super(NettyConnector.class.getClassLoader());
    this.missing = missing;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.matches(missing)) {
      throw new ClassNotFoundException(name);
    }
    if (!name.startsWith("io.fourtuple.netty.")) {
      return super.loadClass(name, resolve);
    }
    Class<?> known = findLoadedClass(name);
    return known != null ? known : define(name);
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in =
        NettyConnector.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
