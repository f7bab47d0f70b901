# Takes CUDA, which PyTorch from PyPI asks for, out of requirements.txt: 5 GB that processors have no use
# for. PyTorch itself goes too: requirements-training.txt has its build for processors.
/^[a-z]/ { cuda = /^(torch|triton|cuda-|nvidia-)/ && !/^nvidia-ml-py/ }
!cuda
