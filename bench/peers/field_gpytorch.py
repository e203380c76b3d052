"""GPyTorch's sparse variational process on the field of field.py; field_loop.py says what it prints."""

import field
import gpytorch
import torch
from field_loop import BATCH, arguments, follow
from gpytorch.variational import CholeskyVariationalDistribution, VariationalStrategy


class SparseProcess(gpytorch.models.ApproximateGP):
    def __init__(self, inducing: torch.Tensor, learned: bool) -> None:
        distribution = CholeskyVariationalDistribution(len(inducing))
        super().__init__(VariationalStrategy(self, inducing, distribution, learn_inducing_locations=False))
        self.mean_module = gpytorch.means.ZeroMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
        if not learned:
            self.covar_module.outputscale = field.PROBIT_VARIANCE
            self.covar_module.base_kernel.lengthscale = field.LENGTH
            self.covar_module.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> gpytorch.distributions.MultivariateNormal:
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    X, y = (torch.as_tensor(a) for a in field.rows(options.n))
    y = y.double()
    model = SparseProcess(X[torch.randperm(len(X))[: options.points]], not options.fixed).double()
    likelihood = gpytorch.likelihoods.BernoulliLikelihood().double()
    model.train()
    bound = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=len(y))
    optimizer = torch.optim.Adam([q for q in model.parameters() if q.requires_grad], lr=options.rate)

    def step() -> None:
        some = torch.randint(len(y), (BATCH,))
        optimizer.zero_grad()
        loss = -bound(model(X[some]), y[some])
        loss.backward()
        optimizer.step()

    def predicted(new: field.Array) -> field.Array:
        """Return means of the link under normal laws: it is the probit, so that they are Phi."""
        model.eval()
        with torch.no_grad():
            f = model(torch.as_tensor(new))
            means = torch.distributions.Normal(0.0, 1.0).cdf(f.mean / (1 + f.variance).sqrt()).numpy()
        model.train()
        return means

    follow(options.seconds, step, predicted)


if __name__ == "__main__":
    main()
