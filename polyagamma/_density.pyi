from numpy import ufunc

pdf_ufunc: ufunc
logpdf_ufunc: ufunc
cdf_ufunc: ufunc
logcdf_ufunc: ufunc
sf_ufunc: ufunc
logsf_ufunc: ufunc
ppf_ufunc: ufunc
isf_ufunc: ufunc
cumulant_ufunc: ufunc
standard_deviation_ufunc: ufunc
skewness_ufunc: ufunc
excess_kurtosis_ufunc: ufunc
log_laplace_ufunc: ufunc
