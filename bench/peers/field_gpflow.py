"""GPflow's sparse variational process on the field of field.py; field_loop.py says what it prints.

Its first step, which compiles, is not counted.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import field
import gpflow
import numpy as np
import tensorflow as tf
from field_loop import BATCH, arguments, follow


def sparse_process(inducing: field.Array, n: int, learned: bool) -> gpflow.models.SVGP:
    kernel = gpflow.kernels.SquaredExponential()
    if not learned:
        kernel.variance.assign(field.PROBIT_VARIANCE)
        kernel.lengthscales.assign(field.LENGTH)
        gpflow.set_trainable(kernel, False)
    model = gpflow.models.SVGP(kernel, gpflow.likelihoods.Bernoulli(), inducing, num_data=n)
    gpflow.set_trainable(model.inducing_variable, False)
    return model


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument(
        "--gamma", type=float, help="step size of natural gradients, in place of Adam's, for q"
    )
    options = parser.parse_args()
    tf.random.set_seed(0)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    X, y = field.rows(options.n)
    chosen = np.random.default_rng(0).choice(len(X), options.points, replace=False)
    model = sparse_process(X[chosen], len(X), not options.fixed)
    law = [(model.q_mu, model.q_sqrt)]
    if options.gamma is not None:
        gpflow.set_trainable(model.q_mu, False)
        gpflow.set_trainable(model.q_sqrt, False)
    natural, adam = gpflow.optimizers.NaturalGradient(options.gamma), tf.optimizers.Adam(options.rate)
    X, y = tf.constant(X), tf.constant(y[:, np.newaxis], dtype=tf.float64)

    @tf.function
    def step() -> None:
        some = tf.random.uniform((BATCH,), maxval=len(X), dtype=tf.int64)
        batch = tf.gather(X, some), tf.gather(y, some)
        if options.gamma is not None:
            natural.minimize(lambda: model.training_loss(batch), law)
        if model.trainable_variables:
            with tf.GradientTape() as tape:
                loss = model.training_loss(batch)
            slopes = tape.gradient(loss, model.trainable_variables)
            adam.apply_gradients(zip(slopes, model.trainable_variables, strict=True))

    step()
    follow(options.seconds, step, lambda new: model.predict_y(new)[0].numpy()[:, 0])


if __name__ == "__main__":
    main()
